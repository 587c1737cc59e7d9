using System.IO.Compression;
using System.Text;
using CsCheck;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Loading.Replay;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Postgres.Tests.Loading.Routing;

/// <summary>Pipelines whose files go to tables by their folders or names.</summary>
public sealed class RoutedTableTests
{
    const string Tables =
        "CREATE SCHEMA staging; CREATE TABLE staging.orders (id int PRIMARY KEY, src bigint); CREATE TABLE staging.customers (id "
            + "int PRIMARY KEY, src bigint)";

    static readonly OperatorAct Ann = new("ann");

    static Task<LoadBench> BenchAsync(string table, Action<PipelineOptions>? more = null) => LoadBench.CreateAsync(Tables, p =>
    {
        (p.Table, p.MaxAttempts, p.Recursive, p.BatchRecords) = (table, 1, true, 2);
        p.Metadata = new Dictionary<string, string> { ["src"] = "{fileId}" };
        more?.Invoke(p);
    });

    static string Write(LoadBench bench, string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(bench.Folder, name))!);
        return bench.Write(name, content);
    }

    static async Task<FileState> LoadAsync(LoadBench bench, string name, string content = "id\n1\n2\n3\n") =>
        (await bench.LoadAsync(Write(bench, name, content))).Single();

    static Task<string[]> TargetsAsync(LoadBench bench) =>
        bench.RowsAsync("SELECT regexp_replace(path, '.*/', ''), target FROM ingest.file ORDER BY file_id");

    static async Task<IReadOnlyList<string>> IdsAsync(LoadBench bench, string table) =>
        await bench.RowsAsync($"SELECT id FROM {table} ORDER BY id");

    /// <summary>Another node with another configuration, in the place of those before.</summary>
    static async Task RestartAsync(LoadBench bench, Action<PipelineOptions> change)
    {
        foreach (var node in bench.Nodes.ToArray()) await bench.EndNodeAsync(node);
        change(bench.Pipeline);
    }

    [Theory]
    [InlineData("staging.{folder}", "orders/a.csv", "customers/b.csv")]
    [InlineData("staging.{folder}", "2024/orders/a.csv", "2025/customers/b.csv")]
    [InlineData(@"staging.{name:([a-z]+)-\d{2}}", "orders-01.csv", "customers-02.csv")]
    [InlineData(@"STAGING.{name:(?<t>[a-z_]+)-\d+}", "orders-1.csv", "customers-2.csv")]
    [InlineData("staging.{kind}s", "order-1.csv", "customer-2.csv")]
    public async Task EachFile_GoesToItsTable(string table, string first, string second)
    {
        await using var bench = await BenchAsync(table, p =>
        {
            if (table.Contains("kind", StringComparison.Ordinal))
                p.Metadata = new Dictionary<string, string> { ["src"] = @"{name:(?<kind>[a-z]+)-(\d+)}" };
        });

        (await LoadAsync(bench, first)).Status.ShouldBe("loaded");
        (await LoadAsync(bench, second, "id\n10\n")).Status.ShouldBe("loaded");

        (await IdsAsync(bench, "staging.orders")).ShouldBe(["1", "2", "3"]);
        (await IdsAsync(bench, "staging.customers")).ShouldBe(["10"]);
        (await TargetsAsync(bench)).ShouldBe([$"{Path.GetFileName(first)}|staging.orders",
            $"{Path.GetFileName(second)}|staging.customers"]);
    }

    [Theory]
    [InlineData("staging.{folder}", "a.csv", "it is in the watched directory itself")]
    [InlineData("staging.{name:([a-z]+)-}", "42.csv",
        "its name does not determine a table (table: staging.{name:([a-z]+)-}): it does not match")]
    [InlineData("staging.{folder}", "order/a.csv", "Table staging.\"order\" does not exist")]
    [InlineData("staging.{folder}", "order/a.csv", "Did you mean staging.orders?")]
    [InlineData("staging.{folder}", "order/a.csv",
        "create the table and retry the file (ingest retry), or set createTable: true")]
    [InlineData("staging.{folder}", "Orders/a.csv", "Did you mean staging.orders?")]
    [InlineData("{folder}", "corrupt_records/a.csv", "corrupt_records is the table of rejected records")]
    [InlineData("{folder}", "pg_class/a.csv", "Table public.\"pg_class\" does not exist")]
    [InlineData("{folder}", "a_name_that_is_longer_than_what_postgresql_keeps_of_a_name_for_a_table/a.csv",
        "has 70 bytes, but a table name can have at most 63")]
    [InlineData("staging.{folder}", "a\tb/a.csv", "characters that a name should not have")]
    public async Task FileWithoutTable_IsQuarantinedAtOnceAndSaysWhy(string table, string file, string why)
    {
        await using var bench = await BenchAsync(table, p => p.MaxAttempts = 100);

        var state = await LoadAsync(bench, file);

        state.Status.ShouldBe("quarantined");
        state.Reason!.ShouldContain(why);
        (await bench.RowsAsync("SELECT target IS NULL FROM ingest.file")).ShouldBe(["True"]);
    }

    /// <summary>Folders of any name, on several nodes: each row is in the table of its folder, once, and nowhere else.</summary>
    [Fact]
    public async Task AnyFolders_SeveralNodes_EachRowIsInTheTableOfItsFolder()
    {
        string[] odd =
        [
            "orders", "Orders", "ORDERS", "a.b", "a b", " a", "select", "\"", "a\"b", "\"; DROP TABLE staging.orders; --",
            "public.x", "pg_class", "{folder}", "é", "日本", "x'y", "$1",
            "%s", "a\\b", "-", "123",
        ];
        await Gen.Select(Gen.Int[0, odd.Length - 1].Select(i => odd[i]), Gen.Int[1, 3], Gen.Int[1, 4]).List[3,
            10].SampleAsync(async deliveries =>
        {
            await using var bench = await BenchAsync("staging.{folder}", p => p.CreateTable = true);
            await bench.ExecuteAsync("DROP TABLE staging.orders");
            for (var i = 0; i < 3; i++) await bench.StartNodeAsync();
            var model = new SortedDictionary<string, List<int>>(StringComparer.Ordinal);
            var paths = new List<string>();
            var next = 0;
            foreach (var (folder, files, rows) in deliveries)
            {
                for (var file = 0; file < files; file++)
                {
                    var ids = Enumerable.Range(next, rows).ToArray();
                    next += rows;
                    if (!model.TryGetValue(folder, out var known)) model.Add(folder, known = []);
                    known.AddRange(ids);
                    paths.Add(Write(bench, $"{folder}/f{paths.Count}.csv", $"id\n{string.Join('\n', ids)}\n"));
                }
            }

            var states = await Task.WhenAll(
                bench.Nodes.Select((node, i) => CreateTableTests.LoadOnAsync(node, [.. paths.Where((_, n) => n % 3 == i)])));

            states.SelectMany(s => s).ShouldAllBe(s => s.Status == "loaded");
            foreach (var (folder, ids) in model)
                (await IdsAsync(bench, $"staging.\"{folder.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")).ShouldBe(
                    ids.Select(id => $"{id}"));
            (await bench.RowsAsync(
                "SELECT c.relname::text COLLATE \"C\" FROM pg_class c WHERE relnamespace = 'staging'::regnamespace AND relkind = "
                    + "'r' AND relname <> 'customers' ORDER BY 1"))
                .ShouldBe(model.Keys.OrderBy(k => k,
                    Comparer<string>.Create(
                        (a, b) => Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b)))));
            (await bench.RowsAsync("SELECT count(*) FROM ingest.history WHERE kind = 'table.created'")).ShouldBe(
                [$"{model.Count}"]);
            (await bench.RowsAsync("SELECT count(*) FROM ingest.file WHERE target IS NULL")).ShouldBe(["0"]);
        }, iter: 12, threads: 1);
    }

    [Fact]
    public async Task Members_OfAnArchive_GoByTheirFoldersInIt()
    {
        await using var bench = await BenchAsync("staging.{folder}");
        Directory.CreateDirectory(Path.Combine(bench.Folder, "orders"));
        var path = Path.Combine(bench.Folder, "orders", "day.zip");
        await using (var zip = await ZipFile.OpenAsync(path, ZipArchiveMode.Create, TestContext.Current.CancellationToken))
        {
            foreach (var (name, id) in new[] { ("top.csv", 1), ("customers/in.csv", 2), ("nowhere/x.csv", 3) })
            {
                await using var entry = new StreamWriter(
                    await zip.CreateEntry(name).OpenAsync(TestContext.Current.CancellationToken));
                await entry.WriteAsync($"id\n{id}\n");
            }
        }

        var states = await bench.LoadAsync(path);

        states.Select(s => $"{Path.GetFileName(s.Path)} {s.Status}")
            .ShouldBe(["day.zip loaded", "top.csv loaded", "in.csv loaded", "x.csv quarantined"], ignoreOrder: true);
        (await IdsAsync(bench, "staging.orders")).ShouldBe(["1"]);
        (await IdsAsync(bench, "staging.customers")).ShouldBe(["2"]);
    }

    [Fact]
    public async Task Undo_AfterTheTemplateHasChanged_FindsTheRows()
    {
        await using var bench = await BenchAsync("staging.{folder}");
        var file = await LoadAsync(bench, "orders/a.csv");
        bench.Pipeline.Table = "elsewhere.x{folder}";

        var undone = await new UndoLedger(bench.Database.DataSource).UndoAsync(file.FileId, [bench.Pipeline], Ann, isTrial: false,
            TestContext.Current.CancellationToken);

        undone.Outcome.ShouldBe(VerbOutcome.Done, undone.Message);
        undone.Message.ShouldContain("3 rows are removed from staging.orders");
        (await IdsAsync(bench, "staging.orders")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Undo_OfAFileFromBeforeTableDependedOnTheFile_IsRefused()
    {
        await using var bench = await BenchAsync("staging.orders");
        var file = await LoadAsync(bench, "orders/a.csv");
        bench.Pipeline.Table = "staging.{folder}";
        await bench.ExecuteAsync("UPDATE ingest.pipeline SET config = config || '{\"table\": \"staging.{folder}\"}'");

        var undone = await new UndoLedger(bench.Database.DataSource).UndoAsync(file.FileId, [bench.Pipeline], Ann, isTrial: false,
            TestContext.Current.CancellationToken);

        undone.Outcome.ShouldBe(VerbOutcome.Refused);
        undone.Message.ShouldContain("it was loaded before table depended on the file");
        (await IdsAsync(bench, "staging.orders")).Count.ShouldBe(3);
    }

    [Fact]
    public async Task Replay_OfRejects_GoesToTheTableOfEachFile()
    {
        await using var bench = await BenchAsync("staging.{folder}");
        await LoadAsync(bench, "orders/a.csv", "id\n1\nx\n");
        await LoadAsync(bench, "customers/b.csv", "id\n1\nx\n");
        await bench.ExecuteAsync("UPDATE corrupt_records SET raw_record = '7'");
        bench.Pipeline.Table = "elsewhere.x{folder}";

        var result = await new RejectReplay(bench.Database.DataSource, TimeProvider.System)
            .RunAsync(new RejectFilter(), [bench.Pipeline], Ann, TestContext.Current.CancellationToken);

        (result.Replayed, result.StillRejected).ShouldBe((2, 0));
        (await IdsAsync(bench, "staging.orders")).ShouldBe(["1", "7"]);
        (await IdsAsync(bench, "staging.customers")).ShouldBe(["1", "7"]);
    }

    [Fact]
    public async Task Replace_TakesOlderVersionsOutOfTheTableThatTheyWentTo()
    {
        await using var bench = await BenchAsync("staging.{folder}", p => p.OnChange = ChangePolicy.Replace);
        await LoadAsync(bench, "orders/a.csv", "id\n1\n2\n");
        await RestartAsync(bench, p => p.Table = "staging.{path:.*/()orders/}customers");

        var second = await LoadAsync(bench, "orders/a.csv", "id\n3\n4\n5\n");

        second.Status.ShouldBe("loaded", second.Reason);
        (await IdsAsync(bench, "staging.orders")).ShouldBeEmpty();
        (await IdsAsync(bench, "staging.customers")).ShouldBe(["3", "4", "5"]);
    }

    [Fact]
    public async Task ReplaceByAnOperator_TakesTheRowsOutOfTheTableThatTheyWentTo()
    {
        await using var bench = await BenchAsync("staging.{folder}");
        var file = await LoadAsync(bench, "orders/a.csv");
        await RestartAsync(bench, p => p.Table = "staging.customers");
        await bench.StartNodeAsync();

        var said = await new OperatorLedger(bench.Database.DataSource)
            .ApplyAsync(FileVerb.Replace, file.FileId, Ann, TestContext.Current.CancellationToken);
        var anew = (await bench.LoadAsync(file.Path)).Single();

        (said.Outcome, anew.Status).ShouldBe((VerbOutcome.Done, "loaded"), said.Message + anew.Reason);
        (await IdsAsync(bench, "staging.orders")).ShouldBeEmpty();
        (await IdsAsync(bench, "staging.customers")).ShouldBe(["1", "2", "3"]);
    }

    /// <summary>What is begun in one table is not ended in another.</summary>
    [Theory]
    [InlineData("staging.customers")]
    [InlineData("staging.x{folder}")]
    public async Task FileThatIsPartlyCommitted_StaysWithItsTableWhenTheTemplateChanges(string other)
    {
        await using var bench = await BenchAsync("staging.{folder}");
        var file = await LoadAsync(bench, "orders/a.csv", "id\n1\n2\n3\n4\n5\n6\n");
        await bench.ExecuteAsync(
            "DELETE FROM ingest.batch WHERE start_offset > 3; DELETE FROM staging.orders WHERE id > 2; UPDATE ingest.file SET "
                + "status = 'ready'");
        await RestartAsync(bench, p => p.Table = other);

        var rest = (await bench.LoadAsync(file.Path)).Single();

        rest.Status.ShouldBe("loaded", rest.Reason);
        (await IdsAsync(bench, "staging.orders")).ShouldBe(["1", "2", "3", "4", "5", "6"]);
        (await IdsAsync(bench, "staging.customers")).ShouldBeEmpty();
    }

    [Fact]
    public async Task FileThatIsPartlyCommitted_FromBeforeTableDependedOnTheFile_IsQuarantined()
    {
        await using var bench = await BenchAsync("staging.customers");
        var file = await LoadAsync(bench, "orders/a.csv", "id\n1\n2\n3\n4\n5\n6\n");
        await bench.ExecuteAsync("DELETE FROM ingest.batch WHERE start_offset > 3; UPDATE ingest.file SET status = 'ready'");
        await RestartAsync(bench, p => p.Table = "staging.{folder}");

        var rest = (await bench.LoadAsync(file.Path)).Single();

        rest.Status.ShouldBe("quarantined");
        rest.Reason!.ShouldContain(
            "a part of it was loaded into the pipeline's previous table, before table depended on the file");
        (await IdsAsync(bench, "staging.orders")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Note_OfAFileWithNothingCommitted_FollowsThePipeline()
    {
        await using var bench = await BenchAsync("staging.{folder}");
        var file = await LoadAsync(bench, "orders/a.csv");
        await bench.ExecuteAsync("DELETE FROM ingest.batch; DELETE FROM staging.orders; UPDATE ingest.file SET status = 'ready'");
        await RestartAsync(bench, p => p.Table = "staging.customers");

        (await bench.LoadAsync(file.Path)).Single().Status.ShouldBe("loaded");

        (await TargetsAsync(bench)).ShouldBe(["a.csv|staging.customers"]);
        (await IdsAsync(bench, "staging.customers")).Count.ShouldBe(3);
    }

    [Theory]
    [InlineData(WriteMode.Upsert, false)]
    [InlineData(WriteMode.InsertNew, false)]
    [InlineData(WriteMode.Append, true)]
    public async Task MergesAndStages_WorkPerTable(WriteMode mode, bool wholeFile)
    {
        await using var bench = await BenchAsync("staging.{folder}", p => (p.Write, p.WholeFile) = (mode, wholeFile));

        await LoadAsync(bench, "orders/a.csv");
        await LoadAsync(bench, "customers/b.csv");
        var again = await LoadAsync(bench, "orders/c.csv", mode == WriteMode.Append ? "id\n4\n" : "id\n3\n4\n");

        again.Status.ShouldBe("loaded", again.Reason);
        (await IdsAsync(bench, "staging.orders")).ShouldBe(["1", "2", "3", "4"]);
        (await IdsAsync(bench, "staging.customers")).ShouldBe(["1", "2", "3"]);
    }
}
