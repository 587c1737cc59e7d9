using System.Text.RegularExpressions;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Documentation;

/// <summary>The commands of the page about files that load samples do so.</summary>
public sealed partial class SampleCommandsTests
{
    public static TheoryData<string> Commands() =>
        [.. SampleCommand().Matches(File.ReadAllText(Repository.Path("docs/files.md"))).Select(match => match.Value)];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Command_OfThePage_LoadsTheSample(string command)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        var parts = command.Split('|').Select(part => part.Trim()).ToArray();
        var piped = parts.Length > 1 ? Repository.Path(parts[0]["cat ".Length..]) : null;
        var surroundings = CliRun.Surroundings(
            Repository.Root) with
        { Input = () => piped is null ? Stream.Null : File.OpenRead(piped) };

        var run = await CliRun.WithAsync(StandaloneCommands.Create(), surroundings,
            [.. parts[^1].Split(' ')[1..], "--db", TestUrl.Of(database)]);

        run.ExitCode.ShouldBe(ExitCode.Done, run.Output + run.Error);
        await using var count = database.DataSource.CreateCommand(
            "SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM corrupt_records)");
        (await count.ExecuteScalarAsync()).ShouldBe(command.Contains("windows-1252", StringComparison.Ordinal) ? 69L : 100L);
    }

    [Fact]
    public void Commands_OfThePage_AreFound() => Commands().Count.ShouldBeGreaterThanOrEqualTo(10);

    [GeneratedRegex("^(cat data/samples/.* [|] )?[.]/ingest load (-|data/samples/).*$", RegexOptions.Multiline)]
    private static partial Regex SampleCommand();
}
