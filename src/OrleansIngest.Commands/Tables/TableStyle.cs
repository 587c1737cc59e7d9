using OrleansIngest.Commands.Shell;

namespace OrleansIngest.Commands.Tables;

/// <summary>Which codes of a terminal a table is written with.</summary>
/// <param name="HasCodes">Whether the terminal knows any: bold heads.</param>
/// <param name="HasColors">Whether states have colours.</param>
readonly record struct TableStyle(bool HasCodes, bool HasColors)
{
    /// <summary>That of the terminal around a command: NO_COLOR and TERM=dumb are obeyed.</summary>
    public static TableStyle Of(CliSurroundings surroundings)
    {
        var hasCodes = surroundings.Environment.GetValueOrDefault("TERM") != "dumb";
        return new TableStyle(hasCodes, hasCodes && surroundings.Environment.GetValueOrDefault("NO_COLOR", "").Length == 0);
    }

    /// <summary>A head.</summary>
    public string Bold(string text) => HasCodes ? $"\e[1m{text}\e[0m" : text;

    /// <summary>Something beside the matter.</summary>
    public string Dim(string text) => HasCodes ? $"\e[2m{text}\e[0m" : text;

    /// <summary>Text in the colour of a state.</summary>
    public string Colored(string text, string value) =>
        HasColors && CellColor.CodeOf(value) is { } code ? $"\e[{code}m{text}\e[0m" : text;
}
