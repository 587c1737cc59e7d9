using System.Text;
using System.Text.RegularExpressions;
using OrleansIngest.Commands.Tables;

namespace OrleansIngest.Commands.Shell;

/// <summary>Breaks the lines of messages between words, where a terminal would break them inside. Whatever is not one line of
/// plain text stays as it is: JSON, several lines at once, and lines with codes of the terminal, which have their own
/// layout.</summary>
/// <param name="inner">The terminal.</param>
/// <param name="width">Asks for its width, cells.</param>
sealed partial class WordWrapWriter(TextWriter inner, Func<int> width) : TextWriter(inner.FormatProvider)
{
    const int Narrowest = 20;

    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <summary>The surroundings of a command, with messages that fit the terminals.</summary>
    public static CliSurroundings Around(CliSurroundings surroundings) => surroundings with
    {
        Output = surroundings.OutputIsTerminal ? new WordWrapWriter(surroundings.Output, surroundings.OutputWidth)
            : surroundings.Output,
        Error = surroundings.ErrorIsTerminal ? new WordWrapWriter(surroundings.Error, surroundings.ErrorWidth)
            : surroundings.Error,
    };

    /// <summary>The terminal itself, for what has a layout of its own: progress bars, which also ask the console whether a writer
    /// is its own.</summary>
    public static TextWriter Terminal(TextWriter writer) => writer is WordWrapWriter wrapped ? wrapped.Inner : writer;

    TextWriter Inner => inner;

    /// <inheritdoc/>
    public override void WriteLine(string? value)
    {
        var lines = Lines(value ?? "", width());
        inner.WriteLine(string.Join(inner.NewLine, lines));
    }

    /// <inheritdoc/>
    public override void WriteLine() => inner.WriteLine();

    /// <inheritdoc/>
    public override void Write(char value) => inner.Write(value);

    /// <inheritdoc/>
    public override void Write(string? value) => inner.Write(value);

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => inner.Write(buffer, index, count);

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer) => inner.Write(buffer);

    /// <inheritdoc/>
    public override void Flush() => inner.Flush();

    /// <summary>The lines of a message. Those after the first are indented as what follows its mark or number; a word that is
    /// longer than a line is not broken.</summary>
    internal static IReadOnlyList<string> Lines(string text, int width)
    {
        if (width < Narrowest || text.Length == 0 || text[0] is '{' or '[' || text.AsSpan().IndexOfAny('\n', '\e') >= 0
            || TextCells.Width(SafeText.Of(text)) <= width) return [text];
        var indent = new string(' ', Math.Min(Mark.Match(text).Length, width / 3));
        var (lines, line) = (new List<string>(), "");
        // Blanks belong to the word after them, so that they stay as they are within a line.
        foreach (Match word in Words.Matches(text))
        {
            if (line.Trim().Length > 0 && TextCells.Width(SafeText.Of(line + word.Value)) > width)
            {
                lines.Add(line);
                line = indent + word.Value.TrimStart(' ');
            }
            else
            {
                line += word.Value;
            }
        }

        lines.Add(line);
        return lines;
    }

    /// <summary><c>FAIL  </c>, <c>ingest: </c>, a right-aligned number, or blanks.</summary>
    [GeneratedRegex(@"^(\s*\S{1,12}\s{2,}|ingest: |\s+)")]
    static partial Regex Mark { get; }

    [GeneratedRegex(" *[^ ]+")]
    static partial Regex Words { get; }
}
