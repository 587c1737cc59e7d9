using System.Globalization;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Verbs;

/// <summary><c>--since</c> and <c>--until</c> of every command on a machine that is not in UTC: <c>16:25</c> is local time, or
/// <c>undo --since</c> removes rows that it should not.</summary>
public sealed class SinceTests : IAsyncLifetime
{
    readonly TempDirectory _temp = new();
    readonly NewYork _time = new();
    TestDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestPostgres.CreateDatabaseAsync();
        await using (var create = _database.DataSource.CreateCommand("CREATE TABLE t (id int NOT NULL, file bigint)"))
            await create.ExecuteNonQueryAsync();
        _temp.Write("a.csv", "id\n1\nx\n");
        (await RunAsync("load", "a.csv", "--table", "t", "--metadata", "file={fileId}")).ExitCode.ShouldBe(ExitCode.Done);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _temp.Dispose();
    }

    [Fact]
    public async Task Undo_LocalTimeThatIsToCome_ChoosesNothing()
    {
        var run = await RunAsync("undo", "--since", Local(minutes: 5), "--dry-run");

        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Error.ShouldContain("no such file in the ledger");
    }

    [Theory]
    [InlineData("undo", "1 row")]
    [InlineData("replay --replace", "will be loaded again as version 2")]
    public async Task DryRun_LocalTimeThatIsPast_ChoosesTheFileAndSaysWhichInstantThatIs(string verb, string expected)
    {
        var at = DateTimeOffset.Parse(Local(minutes: -5), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).DateTime;

        var run = await RunAsync([.. verb.Split(' '), "--since", Local(minutes: -5), "--dry-run"]);

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        run.Output.ShouldContain(expected);
        run.Error.ShouldContain(string.Create(CultureInfo.InvariantCulture,
            $"note  files that ended since {at:yyyy-MM-dd HH:mm:ss}-05:00 ({at.AddHours(5):yyyy-MM-dd HH:mm:ss}Z)\n"));
    }

    [Fact]
    public async Task RejectsAndHistory_LocalTime_ChooseByIt()
    {
        (await RunAsync("rejects", "--since", Local(minutes: 5))).Output.ShouldNotContain("bad_value");
        (await RunAsync("rejects", "--since", Local(minutes: -5))).Output.ShouldContain("bad_value");
        (await RunAsync("rejects", "--until", Local(minutes: -5))).Output.ShouldNotContain("bad_value");
        await RunAsync("limit", "load-t", "--max-files", "3");
        (await RunAsync("history", "--since", Local(minutes: -5))).Output.ShouldContain("load-t");
        (await RunAsync("history", "--since", Local(minutes: 5))).Output.ShouldNotContain("load-t");
    }

    [Fact]
    public async Task Tables_Times_AreMarkedAsUtcAndCanBeCopiedIntoSince()
    {
        var table = await RunAsync("rejects");

        var shown = table.Output.Trim().Split('\t')[^1];
        shown.ShouldMatch(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$");
        (await RunAsync("rejects", "--since", shown)).Output.ShouldContain("bad_value");
    }

    [Theory]
    [InlineData("undo")]
    [InlineData("replay")]
    [InlineData("rejects")]
    [InlineData("history")]
    [InlineData("report")]
    public async Task Help_OfEveryCommand_SaysTheSame(string command)
    {
        var help = (await RunAsync(command, "--help")).Output.ReplaceLineEndings(" ");

        var flat = string.Join(' ', help.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        flat.Split(LocalMoment.Forms).Length.ShouldBe(3, flat);
    }

    string Local(int minutes) =>
        _time.GetLocalNow().AddMinutes(minutes).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    Task<CliRun> RunAsync(params string[] arguments) => CliRun.WithAsync(CliRun.Surroundings(_temp.Path) with { Time = _time },
        arguments is [_, "--help"] ? arguments : [.. arguments, "--db", TestUrl.Of(_database)]);

    /// <summary>Five hours behind UTC, always; the clock is the system's.</summary>
    sealed class NewYork : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone { get; } =
            TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromHours(-5), "test", "test");
    }
}
