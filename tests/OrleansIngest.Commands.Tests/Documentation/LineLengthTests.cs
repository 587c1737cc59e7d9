using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Documentation;

/// <summary>Lines fit beside each other: 130 columns at most (<c>.editorconfig</c>), in code, scripts and prose.</summary>
public sealed class LineLengthTests
{
    const int Most = 130;

    static readonly string[] Kinds =
        [".cs", ".css", ".csproj", ".html", ".java", ".js", ".md", ".mjs", ".props", ".py", ".service", ".sh", ".sql", ".yml"];

    /// <summary>What others wrote, what programs wrote, and sheets as a program writes them.</summary>
    static readonly string[] Exempt = ["/artifacts/", "/bin/", "/obj/", "/vendor/", "/results/", "/cases/", "XlsxFormatTests.cs"];

    [Theory]
    [InlineData(".", false)]
    [InlineData("bench", true)]
    [InlineData("deploy", true)]
    [InlineData("docs", true)]
    [InlineData("sql", true)]
    [InlineData("src", true)]
    [InlineData("tests", true)]
    public void Lines_OfAFolder_AreNotTooLong(string folder, bool recursive)
    {
        var files = Directory.EnumerateFiles(Repository.Path(folder), "*",
                recursive ? SearchOption.AllDirectories : SearchOption.TopDirectoryOnly)
            .Where(path => Kinds.Contains(Path.GetExtension(path)) || Path.GetFileName(path) == "ingest")
            .Where(path => !Array.Exists(Exempt, part => path[Repository.Root.Length..].Contains(part, StringComparison.Ordinal)))
            .ToList();

        files.ShouldNotBeEmpty();
        files.SelectMany(TooLong).ShouldBeEmpty();
    }

    /// <summary>In a document, a table is as wide as its cells, and what a program prints is as it prints it.</summary>
    static IEnumerable<string> TooLong(string path)
    {
        var isDocument = path.EndsWith(".md", StringComparison.Ordinal);
        var isPrinted = false;
        foreach (var (number, line) in File.ReadLines(path).Index())
        {
            if (isDocument && line.StartsWith("```", StringComparison.Ordinal)) isPrinted = !isPrinted;
            if (line.Length <= Most || (isDocument && (isPrinted || line.StartsWith('|')))) continue;
            yield return $"{Path.GetRelativePath(Repository.Root, path)} line {number + 1}: {line.Length} columns";
        }
    }
}
