using System.Text.RegularExpressions;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Queries;

public sealed partial class HistoryKindsTests
{
    [GeneratedRegex(@"['""](?:alert|file|index|node|operator|pipeline|table)\.[a-z]+(?:-[a-z]+)?['""]")]
    static partial Regex Kind { get; }

    /// <summary>A kind that is written and not listed could not be filtered for.</summary>
    [Fact]
    public void All_KindsThatTheSourcesWrite_AreListed()
    {
        var written = new[] { "src/OrleansIngest.Engine/Ledger", "src/OrleansIngest.Monitor/Api" }
            .SelectMany(folder => Directory.EnumerateFiles(Repository.Path(folder), "*.cs", SearchOption.AllDirectories))
            .Select(File.ReadAllText)
            .Where(text => text.Contains("ingest.history", StringComparison.Ordinal)
                || text.Contains("(\"file.", StringComparison.Ordinal))
            .SelectMany(text => Kind.Matches(text).Select(match => match.Value.Trim('\'', '"'))).Distinct().ToList();

        written.Count.ShouldBeGreaterThan(15); // or this test would prove nothing
        written.Except(HistoryKinds.All).ShouldBeEmpty();
        HistoryKinds.All.ShouldBe(HistoryKinds.All.Distinct().Order(StringComparer.Ordinal));
        HistoryKinds.Prefixes.ShouldContain("file.drift");
        HistoryKinds.Prefixes.ShouldContain("operator");
    }
}
