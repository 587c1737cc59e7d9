namespace OrleansIngest.Commands.Manual;

/// <summary>Breaks a text into lines between words.</summary>
static class WordWrap
{
    /// <summary>The lines; a word longer than <paramref name="width"/> has its own line, and is not broken.</summary>
    public static IEnumerable<string> Lines(string text, int width)
    {
        var line = "";
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = "";
            }

            line = line.Length == 0 ? word : $"{line} {word}";
        }

        if (line.Length > 0) yield return line;
    }
}
