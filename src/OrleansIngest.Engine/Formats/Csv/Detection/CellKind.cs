namespace OrleansIngest.Engine.Formats.Csv.Detection;

/// <summary>What a value looks like.</summary>
enum CellKind
{
    /// <summary>Nothing, or a mark for a value that is missing.</summary>
    Empty,

    /// <summary>A number, an amount or a share, with a point or a comma.</summary>
    Number,

    /// <summary>A date, a time, or both.</summary>
    Time,

    /// <summary>A sign of one form: UUID, address of a page or of mail, true or false.</summary>
    Token,

    /// <summary>Anything else.</summary>
    Text,

    /// <summary>Text with a comma or a semicolon in it as in a list, or with a blank at an end.</summary>
    Listed,

    /// <summary>Text that looks as if it were several fields: with what often stands between fields,
    /// or with quotes around it.</summary>
    Suspect,
}
