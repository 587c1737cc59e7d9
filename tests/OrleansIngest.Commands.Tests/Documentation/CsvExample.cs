using System.Text;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Documentation;

/// <summary>An example of <c>docs/files.md</c>: a file, its table, options in both forms, and what comes of it.</summary>
sealed record CsvExample(string Section, string Columns, string File, string Json, IReadOnlyList<string> Arguments,
    string Expected)
{
    /// <summary>All examples of the section CSV, in their order.</summary>
    public static IReadOnlyList<CsvExample> All { get; } =
        [.. Read(System.IO.File.ReadAllLines(Path.Combine(Repository.Root, "docs", "files.md")))];

    static IEnumerable<CsvExample> Read(string[] page)
    {
        var (chapter, section, columns, file, json) = ("", "", "", "", "");
        IReadOnlyList<string> arguments = [];
        for (var i = 0; i < page.Length; i++)
        {
            if (page[i].StartsWith("## ", StringComparison.Ordinal)) chapter = page[i][3..];
            if (page[i].StartsWith("### ", StringComparison.Ordinal)) section = page[i][4..];
            if (!page[i].StartsWith("```", StringComparison.Ordinal)) continue;
            var (kind, block) = (page[i][3..], new StringBuilder());
            for (i++; page[i] != "```"; i++) block.Append(page[i]).Append('\n');
            if (chapter != "CSV") continue;
            if (kind.StartsWith("csv ", StringComparison.Ordinal)) (columns, file) = (kind[4..], block.ToString());
            if (kind == "json") json = block.ToString();
            if (kind == "sh") arguments = Words(block.ToString());
            if (kind == "text") yield return new CsvExample(section, columns, file, json, arguments, block.ToString());
        }
    }

    /// <summary>Words as a shell sees them, as far as the page needs it.</summary>
    static List<string> Words(string line)
    {
        var words = new List<string>();
        for (var i = 0; i < line.Length; i++)
        {
            if (char.IsWhiteSpace(line[i])) continue;
            var quote = line[i] is '\'' or '"' ? line[i] : ' ';
            var start = quote == ' ' ? i : i + 1;
            for (i = start; i < line.Length && (quote == ' ' ? !char.IsWhiteSpace(line[i]) : line[i] != quote);) i++;
            words.Add(line[start..i]);
        }

        return words;
    }
}
