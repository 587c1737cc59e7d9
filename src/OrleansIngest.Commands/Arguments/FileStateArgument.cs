using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Commands.Arguments;

/// <summary>Parses lists of file states in options.</summary>
static class FileStateArgument
{
    /// <summary>Parses a list.</summary>
    /// <param name="text">Some of <see cref="FileStates.All"/>, separated by commas; null for none.</param>
    /// <param name="option">Whose value it is.</param>
    /// <exception cref="CliException">One is unknown.</exception>
    public static IReadOnlyList<string> Of(string? text, string option) => KnownValues.Some(text, option, FileStates.All);
}
