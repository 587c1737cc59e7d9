using System.Text.Json;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Loading;

/// <summary>The same delivery twice, as <c>ingest load</c> sees it.</summary>
public sealed class LoadTwiceTests() : CommandTest("CREATE TABLE t (id int)")
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Temp.Write("a.csv", "id\n1\n2\n");
        await LoadAsync("a.csv");
    }

    [Fact]
    public async Task RunAsync_FileTouched_IsSkippedWithTheReasonAndCountsAsSkipped()
    {
        Touch("a.csv");

        var plain = await LoadAsync("a.csv");
        var json = Json(await LoadAsync("a.csv", "--json"));

        plain.Output.ShouldContain("a.csv: skipped: same content as version 1, loaded 20");
        plain.Output.ShouldContain("load --again loads it anyway");
        plain.Error.ShouldBeEmpty();
        json.GetProperty("filesSkipped").GetInt32().ShouldBe(1);
        json.GetProperty("filesFailed").GetInt32().ShouldBe(0);
        json.GetProperty("sameContent")[0].GetProperty("loaded").GetBoolean().ShouldBeFalse();
        (await CountAsync()).ShouldBe(2);
        var file = Json(await RunAsync("files", "a.csv", "--json"));
        file.GetProperty("status").GetString().ShouldBe("ignored");
        file.GetProperty("reason").GetString()!.ShouldStartWith("same content as version 1");
        file.GetProperty("sameAsPath").GetString()!.ShouldEndWith("/a.csv");
    }

    [Theory]
    [InlineData(false, false)] // loaded, as it is
    [InlineData(true, false)]  // touched just now
    [InlineData(true, true)]   // touched, and skipped before
    public async Task RunAsync_Again_LoadsOnceMore(bool touched, bool skipped)
    {
        if (touched) Touch("a.csv");
        if (skipped) await LoadAsync("a.csv");

        var json = Json(await LoadAsync("a.csv", "--again", "--json"));

        json.GetProperty("filesLoaded").GetInt32().ShouldBe(1);
        json.GetProperty("sameContent")[0].GetProperty("loaded").GetBoolean().ShouldBeTrue();
        (await CountAsync()).ShouldBe(4);
        Json(await LoadAsync("a.csv", "--json")).GetProperty("filesSkipped").GetInt32().ShouldBe(1);
        (await CountAsync()).ShouldBe(4);
    }

    [Fact]
    public async Task RunAsync_AgainForADirectory_IsOneActOfAnOperator()
    {
        Temp.Write("in/b.csv", "id\n3\n");
        Temp.Write("in/c.csv", "id\n4\n");
        await LoadAsync("in");
        Temp.Write("in/d.csv", "id\n5\n");

        var json = Json(await LoadAsync("in", "--again", "--json"));

        json.GetProperty("filesLoaded").GetInt32().ShouldBe(3);
        (await CountAsync()).ShouldBe(7);
        await using var history = Database.DataSource.CreateCommand(
            "SELECT count(DISTINCT history_id) || ' of ' || count(*) FROM ingest.operation_file");
        (await history.ExecuteScalarAsync(TestContext.Current.CancellationToken)).ShouldBe("1 of 2");
    }

    [Fact]
    public async Task RunAsync_OtherName_IsLoadedAndNotedOrSkipped()
    {
        File.Copy(Path.Combine(Temp.Path, "a.csv"), Path.Combine(Temp.Path, "a.csv.1"));
        File.Copy(Path.Combine(Temp.Path, "a.csv"), Path.Combine(Temp.Path, "a.csv.2"));

        var loaded = await LoadAsync("a.csv.1");
        var skipped = await LoadAsync("a.csv.2", "--same-content", "skip");

        loaded.Output.ShouldContain("a.csv.1: loaded, but has the same content as ");
        loaded.Output.ShouldContain("1 file loaded");
        skipped.Output.ShouldContain("a.csv.2: skipped: same content as ");
        (await CountAsync()).ShouldBe(4);
        (await LoadAsync("a.csv.2", "--again")).Output.ShouldContain("1 file loaded");
        (await CountAsync()).ShouldBe(6);
    }

    [Fact]
    public async Task RunAsync_SameContentUnknownWord_IsWrongUsage() =>
        (await RunAsync("load", "a.csv", "--table", "t", "--same-content", "maybe")).ExitCode.ShouldBe(ExitCode.Usage);

    void Touch(string name) => File.SetLastWriteTimeUtc(Path.Combine(Temp.Path, name),
        new DateTime(2026, 1, 2, 0, 0, 0, DateTimeKind.Utc));

    async Task<CliRun> LoadAsync(string name, params string[] more)
    {
        var run = await RunAsync(["load", name, "--table", "t", .. more]);
        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        return run;
    }

    async Task<long> CountAsync() => (long)(await ScalarAsync("SELECT count(*) FROM t"))!;

    static JsonElement Json(CliRun run) => JsonDocument.Parse(run.Output).RootElement;
}
