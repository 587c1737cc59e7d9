using System.Text.RegularExpressions;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Documentation;

/// <summary>Links between the documents lead somewhere: to a file that exists, and to a heading that it has.</summary>
public sealed partial class DocumentLinksTests
{
    public static TheoryData<string> Documents =>
        [.. Directory.GetFiles(Repository.Path("docs"), "*.md").Select(path => $"docs/{Path.GetFileName(path)}")
            .Append("README.md").Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_OfADocument_LeadToFilesAndHeadings(string document)
    {
        var directory = Path.GetDirectoryName(Repository.Path(document))!;
        var broken = new List<string>();
        foreach (var link in Links().Matches(File.ReadAllText(Repository.Path(document))).Select(match => match.Groups[1].Value))
        {
            if (link.Contains("://", StringComparison.Ordinal)) continue;
            var (file, heading) = link.Split('#') is [var before, var behind] ? (before, behind) : (link, null);
            var path = file.Length > 0 ? Path.GetFullPath(Path.Combine(directory, file)) : Repository.Path(document);
            if (!Path.Exists(path) || (heading is not null && !HeadingsOf(path).Contains(heading))) broken.Add(link);
        }

        broken.ShouldBeEmpty();
    }

    /// <summary>As GitHub makes them.</summary>
    static HashSet<string> HeadingsOf(string path) =>
        [.. Headings().Matches(File.ReadAllText(path)).Select(
            match => NoWord().Replace(match.Groups[1].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'))];

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Links();

    [GeneratedRegex("^#+ (.*)$", RegexOptions.Multiline)]
    private static partial Regex Headings();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoWord();
}
