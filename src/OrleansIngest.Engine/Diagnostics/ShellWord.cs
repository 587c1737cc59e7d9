namespace OrleansIngest.Engine.Diagnostics;

/// <summary>Text as one word of a POSIX shell, for commands that people copy.</summary>
public static class ShellWord
{
    const string PlainMarks = "/._-+=@%,";

    /// <summary>In quotes if it needs them.</summary>
    public static string Of(string text) => text.Length > 0 && text.All(IsPlain) ? text : Quoted(text);

    /// <summary>In quotes, whether it needs them or not.</summary>
    public static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    static bool IsPlain(char character) =>
        char.IsLetterOrDigit(character) || PlainMarks.Contains(character, StringComparison.Ordinal);
}
