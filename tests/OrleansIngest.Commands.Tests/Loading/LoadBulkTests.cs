using System.Text.Json;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Loading;

/// <summary><c>ingest load --bulk</c>, and what <c>ingest status</c> says of indexes that are missing.</summary>
public sealed class LoadBulkTests()
    : CommandTest("CREATE TABLE t (id int PRIMARY KEY, note text); CREATE INDEX by_note ON t (note); "
        + "CREATE INDEX by_both ON t (note, id)")
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Temp.Write("a.csv", "id,note\n1,x\n2,y\n");
    }

    [Theory]
    [InlineData("--bulk")]
    [InlineData("--bulk", "on")]
    public async Task RunAsync_Bulk_SaysWhatItDropsAndBuilds(params string[] options)
    {
        var run = await RunAsync(["load", "a.csv", "--table", "t", .. options]);

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        run.Error.ShouldContain(
            "ingest: bulk load into public.t: dropping 2 indexes (public.by_both, public.by_note) and rebuilding them after "
            + "the load. Until then, queries cannot use them. The table is locked for a moment now, and cannot be written to "
            + "while they are built, which takes up to 1 MiB of disk");
        run.Output.ShouldContain("2 indexes rebuilt in ");
        (await CountAsync("SELECT count(*) FROM pg_indexes WHERE tablename = 't'")).ShouldBe(3);
    }

    [Fact]
    public async Task RunAsync_Json_HasTheIndexes()
    {
        var run = await RunAsync("load", "a.csv", "--table", "t", "--bulk", "--json");

        var indexes = JsonDocument.Parse(run.Output).RootElement.GetProperty("indexes");
        indexes.GetProperty("built").EnumerateArray().Select(i => i.GetString()).ShouldBe(["public.by_both", "public.by_note"],
            ignoreOrder: true);
        indexes.GetProperty("failed").GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [InlineData]
    [InlineData("--bulk", "off")]
    [InlineData("--bulk", "auto")]
    public async Task RunAsync_SmallFile_KeepsTheIndexesInSilence(params string[] options)
    {
        var run = await RunAsync(["load", "a.csv", "--table", "t", .. options]);

        run.Error.ShouldBeEmpty();
        run.Output.ShouldNotContain("index");
    }

    [Fact]
    public async Task RunAsync_TableOutweighsTheFiles_KeepsTheIndexesAndSaysWhy()
    {
        await ExecuteAsync("INSERT INTO t SELECT i, repeat('n', 100) FROM generate_series(10, 2000) i");

        var run = await RunAsync("load", "a.csv", "--table", "t", "--bulk");

        run.ExitCode.ShouldBe(ExitCode.Done);
        run.Error.ShouldStartWith("ingest: the indexes of public.t are kept: its rows have ");
    }

    [Fact]
    public async Task RunAsync_IndexCannotBeBuilt_FailsAndStatusShowsIt()
    {
        var random = new Random(1);
        var note = string.Concat(Enumerable.Range(0, 6000).Select(_ => (char)('a' + random.Next(26))));
        Temp.Write("a.csv", $"id,note\n1,{note}\n");

        var run = await RunAsync("load", "a.csv", "--table", "t", "--bulk");
        var status = await RunAsync("status");
        var json = await RunAsync("status", "--json");

        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Error.ShouldContain("ingest: index public.by_note of public.t could not be rebuilt: index row size ");
        run.Error.ShouldContain(
            "Its definition is in the ledger, and the next ingest load or ingest up tries again: see ingest status");
        status.Error.ShouldContain("index public.by_note of public.t could not be rebuilt (attempt 1): index row size ");
        JsonDocument.Parse(json.Output).RootElement.GetProperty("droppedIndexes").GetArrayLength().ShouldBe(2);
    }

    [Theory]
    [InlineData("--bulk does not work with write: replaceTable", "--write", "replaceTable")]
    [InlineData("--bulk does not work with tail: true", "--tail")]
    public async Task RunAsync_WithWhatNeedsIndexes_IsAnErrorOfUsage(string message, params string[] options)
    {
        var run = await RunAsync(["load", "a.csv", "--table", "t", .. options, "--bulk"]);

        run.ExitCode.ShouldBe(ExitCode.Usage);
        run.Error.ShouldContain(message);
    }

    async Task<long> CountAsync(string sql) => (long)(await ScalarAsync(sql))!;
}
