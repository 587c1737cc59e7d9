using System.Text.RegularExpressions;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Testing;

namespace OrleansIngest.Cli.Tests.Architecture;

/// <summary>Nothing says <c>1 files</c>: a number and its noun come from <see cref="Counted"/> in C#, and from <c>plural()</c> in
/// the pages' JavaScript.</summary>
public sealed partial class CountingWordsTests
{
    [Theory]
    [InlineData(0, "0 files")]
    [InlineData(1, "1 file")]
    [InlineData(2, "2 files")]
    [InlineData(-1, "-1 files")]
    [InlineData(1_234_567, "1,234,567 files")]
    public void Of_Number_HasTheNounThatFits(long number, string expected) => Counted.Of(number, "file").ShouldBe(expected);

    [Fact]
    public void Of_IrregularNoun_IsTakenAsGiven() => (Counted.Of(1, "batch", "batches"),
        Counted.Of(3, "batch", "batches")).ShouldBe(("1 batch", "3 batches"));

    [Theory]
    [InlineData("$\"{count} files loaded\"", true)]
    [InlineData("$\"{count:N0} blank lines\"", true)]
    [InlineData("\"{Rows} rows\"", true)]
    [InlineData("`${number(n)} rows`", true)]
    [InlineData("format('%s rejects', n)", true)]
    [InlineData("$\"{rate:N0} rows/s\"", false)]
    [InlineData("`${rate(n)} rows per second`", false)]
    [InlineData("$\"{Counted.Of(n, \"file\")} loaded\"", false)]
    [InlineData("if (x is { Count: > 0 } files) y();", false)]
    public void FixedPlural_Line_IsFoundWhereANumberStandsBeforeIt(string line, bool expected) =>
        IsFixedPlural(line).ShouldBe(expected);

    [Fact]
    public void Sources_SentencesThatCount_TakeTheirNounsFromOnePlace()
    {
        var source = Repository.Path("src");
        var files = Directory.EnumerateFiles(source, "*.*",
            SearchOption.AllDirectories).Concat(Directory.EnumerateFiles(Repository.Path("sql")))
            .Where(path => Path.GetExtension(path) is ".cs" or ".js" or ".sql" && !Skipped().IsMatch(path)).ToList();

        var wrong = files.SelectMany(path => File.ReadLines(path)
            .Select((line, i) => (Line: line, Place: $"{Path.GetRelativePath(source, path)}:{i + 1}"))
            .Where(l => !l.Line.TrimStart().StartsWith("//", StringComparison.Ordinal) && IsFixedPlural(l.Line))
            .Select(l => $"{l.Place}: {l.Line.Trim()}")).ToList();

        files.Count.ShouldBeGreaterThan(300);
        wrong.ShouldBeEmpty();
    }

    /// <summary>A C# pattern (<c>{ … } files)</c>) is no sentence: before it stands a blank.</summary>
    static bool IsFixedPlural(string line) =>
        FixedPlural().Matches(line).Any(match => match.Index == 0 || line[match.Index - 1] != ' ');

    [GeneratedRegex(
        @"(\}|%s) (blank |more |good |corrupt )?(files|rows|records|rejects|lines|bytes|fields|columns|"
        + @"nodes|silos|batches|ranges|pipelines|connections|lanes|cores|alerts|claims)\b(?!/| per )")]
    private static partial Regex FixedPlural();

    [GeneratedRegex(@"[\\/](obj|bin|vendor)[\\/]")]
    private static partial Regex Skipped();
}
