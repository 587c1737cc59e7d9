namespace OrleansIngest.Engine.Formats.Csv.Detection;

/// <summary>The apparent kind of a value.</summary>
enum CellKind
{
    /// <summary>Empty, or a marker for a missing value.</summary>
    Empty,

    /// <summary>A number, an amount or a percentage, with a point or a comma.</summary>
    Number,

    /// <summary>A date, a time, or both.</summary>
    Time,

    /// <summary>A token of a fixed form: UUID, URL, e-mail address, true or false.</summary>
    Token,

    /// <summary>Anything else.</summary>
    Text,

    /// <summary>Text that contains a comma or a semicolon as in a list, or that starts or ends with a space.</summary>
    Listed,

    /// <summary>Text that looks like several fields: it contains common delimiters, or is in quotes.</summary>
    Suspect,
}
