using System.Text.Json;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Loading;

/// <summary><c>--write</c> and what belongs to it.</summary>
public sealed class LoadWriteTests()
    : CommandTest("CREATE TABLE t (id int PRIMARY KEY, v text, n int); INSERT INTO t VALUES (1, 'old', 5), (2, 'b', 5)")
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Temp.Write("a.csv", "id,v,n\n1,a,4\n2,b,5\n3,c,6\n");
    }

    [Fact]
    public async Task RunAsync_Upsert_UpdatesAndSaysWhatItDid()
    {
        var run = await RunAsync("load", "a.csv", "--table", "t", "--write", "upsert");

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        run.Output.ShouldContain("1 file loaded into t: 3 rows (1 inserted, 1 updated, 1 unchanged), 0 rejected");
        (await TextAsync()).ShouldBe("1a4 2b5 3c6");
        var file = Json(await RunAsync("files", "a.csv", "--json"));
        foreach (var of in new[] { file, file.GetProperty("batches")[0] })
            (of.GetProperty("rowsInserted").GetInt32(), of.GetProperty("rowsUpdated").GetInt32(),
                of.GetProperty("rowsUnchanged").GetInt32()).ShouldBe((1, 1, 1));
        (await RunAsync("files", "a.csv")).Output.ShouldMatch(@"unchanged\s+1");
    }

    [Theory]
    [InlineData("1old5 2b5 3c6", "insertNew")]
    [InlineData("1a5 2b5 3c6", "upsert", "--update-columns", "v")]
    [InlineData("1old5 2b5 3c6", "upsert", "--only-if-newer", "n", "--key", "id")]
    public async Task RunAsync_Options_DoWhatTheySay(string expected, string mode, params string[] options)
    {
        var json = Json(await RunAsync(["load", "a.csv", "--table", "t", "--write", mode, .. options, "--json"]));

        (await TextAsync()).ShouldBe(expected);
        json.GetProperty("rowsInserted").GetInt32().ShouldBe(1);
        (json.GetProperty("rowsUpdated").GetInt32() + json.GetProperty("rowsUnchanged").GetInt32()).ShouldBe(2);
    }

    [Fact]
    public async Task RunAsync_Append_HasNoSuchCounts()
    {
        await ExecuteAsync("TRUNCATE t");

        Json(await RunAsync("load", "a.csv", "--table", "t", "--json"))
            .GetProperty("rowsInserted").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task RunAsync_Create_MakesTheKeyThePrimaryKey()
    {
        (await RunAsync("load", "a.csv", "--table", "fresh", "--create", "--write", "upsert", "--key", "id")).ExitCode.ShouldBe(
            ExitCode.Done);
        Temp.Write("b.csv", "id,v,n\n3,d,7\n");
        (await RunAsync("load", "b.csv", "--table", "fresh", "--write", "upsert")).Output.ShouldContain(
            "1 row (0 inserted, 1 updated, 0 unchanged)");
    }

    [Theory]
    [InlineData("--key needs write: upsert or insertNew", "--key", "id")]
    [InlineData("--update-columns needs write: upsert", "--write", "insertNew", "--update-columns", "v")]
    [InlineData("--update-columns must not name 'id'", "--write", "upsert", "--key", "id", "--update-columns", "id")]
    [InlineData("--only-if-newer must be one of updateColumns", "--write", "upsert", "--update-columns", "v",
        "--only-if-newer", "n")]
    [InlineData("--key names column 'id' twice", "--write", "upsert", "--key", "id,id")]
    public async Task RunAsync_OptionsThatDoNotGoTogether_AreWrongUsage(string expected, params string[] options)
    {
        var run = await RunAsync(["load", "a.csv", "--table", "t", .. options]);

        run.ExitCode.ShouldBe(ExitCode.Usage);
        run.Error.ShouldContain(expected);
    }

    [Theory]
    [InlineData("load")]
    [InlineData("check")]
    public async Task RunAsync_TableWithoutTheKey_IsRefusedBeforeAnythingIsWritten(string command)
    {
        var run = await RunAsync(command, "a.csv", "--table", "t", "--write", "upsert", "--key", "v");

        run.ExitCode.ShouldBe(ExitCode.Failed);
        (run.Error + run.Output).ShouldContain("""Create one: CREATE UNIQUE INDEX ON public.t ("v");""");
    }

    async Task<string> TextAsync() => (string)(await ScalarAsync("SELECT string_agg(id || v || n, ' ' ORDER BY id) FROM t"))!;

    static JsonElement Json(CliRun run) => JsonDocument.Parse(run.Output).RootElement;
}
