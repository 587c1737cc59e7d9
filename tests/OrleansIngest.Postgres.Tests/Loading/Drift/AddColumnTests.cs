using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Postgres.Tests.Loading.Drift;

/// <summary>Fields without a column for which the table gets one.</summary>
public sealed class AddColumnTests
{
    const string Columns =
        "SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0 "
            + "ORDER BY attnum";

    static Task<LoadBench> BenchAsync(Action<PipelineOptions>? more = null, string table = "CREATE TABLE t (id int)") =>
        LoadBench.CreateAsync(table, p =>
    {
        (p.ExtraColumns, p.MaxAttempts) = (ExtraColumnPolicy.Add, 1);
        more?.Invoke(p);
    });

    [Fact]
    public async Task Csv_NamesAndTypes_AreThoseOfCreate()
    {
        await using var bench = await BenchAsync();

        var first = await bench.LoadAsync(
            bench.Write("a.csv",
                $"id,Order ID,select,day,{new string('x', 70)},id_2,order-id\n1,12345678901,a,2026-01-02,1.5,true,z\n"));
        FileState[] files = [.. first, .. await bench.LoadAsync(bench.Write("b.csv", "Order ID,id,day\n9,2,2026-01-03\n"))];

        files.ShouldAllBe(file => file.Status == "loaded");
        (await bench.RowsAsync(Columns)).ShouldBe(
            ["id|integer", "order_id|bigint", "select|text", "day|date", $"{new string('x', 63)}|numeric", "id_2|boolean",
                "order_id_2|text"]);
        (await bench.RowsAsync("SELECT id, order_id, \"select\", day::text, id_2, order_id_2 FROM t ORDER BY id"))
            .ShouldBe(["1|12345678901|a|2026-01-02|True|z", "2|9|NULL|2026-01-03|NULL|NULL"]);
        files.ShouldAllBe(file => file.ColumnsNote == null || file.ColumnsNote.LeftOut.Count == 0);
    }

    [Fact]
    public async Task Csv_ColumnOfTheName_IsFilledAndNotAddedAgain()
    {
        await using var bench = await BenchAsync(table: "CREATE TABLE t (id int, order_id text)");

        await bench.LoadAsync(bench.Write("a.csv", "id,Order ID\n1,7\n"), bench.Write("b.csv", "Order ID,id\n8,2\n"));

        (await bench.RowsAsync(Columns)).ShouldBe(["id|integer", "order_id|text"]);
        (await bench.RowsAsync("SELECT id, order_id FROM t ORDER BY id")).ShouldBe(["1|7", "2|8"]);
    }

    [Fact]
    public async Task Csv_WithoutHeader_AddsColumnsBehindTheOthers()
    {
        await using var bench = await BenchAsync(p => p.Csv.Header = false);

        await bench.LoadAsync(bench.Write("a.csv", "1,x,2\n3,y,4\n"));

        (await bench.RowsAsync(Columns)).ShouldBe(["id|integer", "column_2|text", "column_3|bigint"]);
        (await bench.RowsAsync("SELECT * FROM t ORDER BY id")).ShouldBe(["1|x|2", "3|y|4"]);
    }

    [Fact]
    public async Task Ndjson_NestedValues_BecomeJsonb()
    {
        await using var bench = await BenchAsync();

        await bench.LoadAsync(bench.Write("a.ndjson",
            "{\"id\":1,\"n\":2,\"deep\":{\"a\":[1]},\"when\":\"2026-01-02T03:04:05Z\"}\n"));

        (await bench.RowsAsync(Columns)).ShouldBe(["id|integer", "n|bigint", "deep|jsonb", "when|timestamp with time zone"]);
        (await bench.RowsAsync("SELECT id, n, deep FROM t")).ShouldBe(["1|2|{\"a\": [1]}"]);
    }

    [Fact]
    public async Task SameFieldWithAnotherType_RejectsWhatDoesNotFit()
    {
        await using var bench = await BenchAsync();

        await bench.LoadAsync(bench.Write("a.csv", "id,x\n1,5\n"));
        await bench.LoadAsync(bench.Write("b.csv", "id,x\n2,six\n3,7\n"));

        (await bench.RowsAsync("SELECT * FROM t ORDER BY id")).ShouldBe(["1|5", "3|7"]);
        (await bench.RowsAsync("SELECT column_name, reason FROM corrupt_records")).ShouldBe(["x|bad_value"]);
    }

    [Fact]
    public async Task SeveralNodesAtOnce_AgreeOnEachColumn()
    {
        await using var bench = await BenchAsync();
        var random = new Random(20261126);
        var names = Enumerable.Range(0, 8).Select(i => $"c{i}").ToArray();
        var expected = new List<string>();
        var paths = new List<string>();
        for (var file = 1; file <= 60; file++)
        {
            var mine = names.Where(_ => random.Next(3) == 0).OrderBy(_ => random.Next()).ToArray();
            paths.Add(bench.Write($"f{file}.csv",
                $"id{string.Concat(mine.Select(n => "," + n))}\n{file}{string.Concat(mine.Select(n => $",{file}{n[1]}"))}\n"));
            expected.Add($"{file}{string.Concat(names.Select(n => mine.Contains(n) ? $"|{file}{n[1]}" : "|NULL"))}");
        }

        var nodes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => bench.StartNodeAsync()));
        var states = await Task.WhenAll(
            nodes.Select((node, i) => bench.LoadOnAsync(node, [.. paths.Where((_, place) => place % 4 == i)])));

        states.SelectMany(s => s).ShouldAllBe(file => file.Status == "loaded");
        (await bench.RowsAsync($"SELECT id, {string.Join(", ", names)} FROM t ORDER BY id")).ShouldBe(expected);
        (await bench.RowsAsync(
            "SELECT count(*), count(DISTINCT detail) FROM ingest.history WHERE kind = 'file.drift.added'")).ShouldBe(["8|8"]);
    }

    const string IsAwaited = "SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 't'::regclass AND NOT granted)";

    [Fact]
    public async Task TableThatIsLocked_LoadWaitsForIt()
    {
        await using var bench = await BenchAsync();
        await using var reader = await bench.Database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        var transaction = await ReadAsync(reader);

        var loading = bench.LoadAsync(bench.Write("a.csv", "id,x\n1,5\n"));
        for (var attempt = 0; attempt < 5; attempt++)
        {
            await bench.UntilAsync("the loader waits for the table", IsAwaited);
            await bench.UntilAsync("the loader lets others pass", $"SELECT NOT ({IsAwaited})");
        }

        await transaction.RollbackAsync(TestContext.Current.CancellationToken);

        (await loading).Single().Status.ShouldBe("loaded");
        (await bench.RowsAsync("SELECT * FROM t")).ShouldBe(["1|5"]);
        (await bench.RowsAsync("SELECT attempts FROM ingest.file")).ShouldBe(["0"]);
    }

    [Fact]
    public async Task TableThatIsLocked_OnASilo_LetsTheFileComeLater()
    {
        await using var bench = await BenchAsync();
        await using var reader = await bench.Database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await ReadAsync(reader);
        await using var silo = await IngestNode.StartAsync(
            new IngestNodeOptions
            {
                ConnectionString = bench.Database.ConnectionString,
                Kind = "up",
                Pipelines = [bench.Pipeline]
            },
            NullLoggerFactory.Instance, TimeProvider.System, TestContext.Current.CancellationToken);

        var file = (await bench.LoadOnAsync(silo, [bench.Write("a.csv", "id,x\n1,5\n")])).Single();

        (file.Status, file.Reason!.Contains("is locked by another session", StringComparison.Ordinal)).ShouldBe(("ready", true));
        (await bench.RowsAsync("SELECT attempts FROM ingest.file")).ShouldBe(["0"]);
    }

    static async Task<NpgsqlTransaction> ReadAsync(NpgsqlConnection reader)
    {
        var transaction = await reader.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var look = new NpgsqlCommand("SELECT count(*) FROM t", reader);
        await look.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        return transaction;
    }

    [Fact]
    public async Task RoleThatDoesNotOwnTheTable_IsToldSoBeforeThereIsAFile()
    {
        await using var bench = await BenchAsync();
        var role = $"r{Guid.NewGuid():N}";
        await bench.ExecuteAsync($"CREATE ROLE {role}; GRANT ALL ON t TO {role}");
        await using var connection = await bench.Database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using (var become = new NpgsqlCommand($"SET ROLE {role}", connection))
            await become.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        var failure = await Should.ThrowAsync<TargetTableException>(
            () => PipelineTable.CheckAsync(bench.Pipeline, connection, TestContext.Current.CancellationToken));

        failure.Message.ShouldContain("extraColumns: add changes public.t, which only its owner may");
        await using (var back = new NpgsqlCommand("RESET ROLE", connection))
            await back.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await bench.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
    }

    [Fact]
    public async Task WholeFile_ReplaceTable_AndUpsert_GetTheColumn()
    {
        foreach (var more in (Action<PipelineOptions>[])[p => p.WholeFile = true, p => p.Write = WriteMode.ReplaceTable,
            p => p.Write = WriteMode.Upsert])
        {
            await using var bench = await BenchAsync(more, "CREATE TABLE t (id int PRIMARY KEY)");
            await bench.LoadAsync(bench.Write("a.csv", "id\n1\n"));

            var file = await bench.LoadAsync(bench.Write("b.csv", "id,x\n2,5\n"));

            file.Single().Status.ShouldBe("loaded", file.Single().Reason);
            (await bench.RowsAsync("SELECT * FROM t WHERE id = 2")).ShouldBe(["2|5"]);
        }
    }

    [Fact]
    public async Task OnChangeReplace_NewVersionWithNewFieldsAndWiderValues_TakesThePlaceOfTheOld()
    {
        await using var bench = await BenchAsync(
            p =>
            {
                (p.OnChange, p.TypeChanges) = (ChangePolicy.Replace, TypeChangePolicy.Widen);
                p.Metadata = new Dictionary<string, string> { ["src"] = "{fileId}" };
            },
            "CREATE TABLE t (id smallint, src bigint)");
        await bench.LoadAsync(bench.Write("a.csv", "id\n1\n2\n"));

        var second = await bench.LoadAsync(bench.Write("a.csv", "id,x\n3,5\n100000,6\n"));

        second.Single().Status.ShouldBe("loaded", second.Single().Reason);
        (await bench.RowsAsync("SELECT id, x FROM t ORDER BY id")).ShouldBe(["3|5", "100000|6"]);
    }

    [Fact]
    public async Task HeaderThatHasNothingInCommon_StillRefusesTheFile()
    {
        await using var bench = await BenchAsync();

        var file = await bench.LoadAsync(bench.Write("a.csv", "foo,bar\n1,5\n"));

        file.Single().Status.ShouldBe("quarantined");
        (await bench.RowsAsync(Columns)).ShouldBe(["id|integer"]);
    }

    [Fact]
    public async Task ColumnThatTheServerRefuses_IsTheFilesFailure()
    {
        await using var bench = await BenchAsync(table: "CREATE TYPE row_type AS (id int); CREATE TABLE t OF row_type");

        var file = await bench.LoadAsync(bench.Write("a.csv", "id,x\n1,5\n"));

        file.Single().Status.ShouldBe("quarantined");
        file.Single().Reason!.ShouldContain("The columns that the file needs cannot be added to");
    }
}
