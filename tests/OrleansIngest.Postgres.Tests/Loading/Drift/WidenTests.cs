using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Postgres.Tests.Loading.Drift;

/// <summary>Columns that get a wider type because a value asks for it.</summary>
public sealed class WidenTests
{
    const string Type =
        "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'v'";

    static Task<LoadBench> BenchAsync(string type, Action<PipelineOptions>? more = null) =>
        LoadBench.CreateAsync($"CREATE TABLE t (id int PRIMARY KEY, v {type})", p =>
    {
        (p.TypeChanges, p.MaxAttempts, p.BatchRecords) = (TypeChangePolicy.Widen, 1, 2);
        more?.Invoke(p);
    });

    [Theory]
    [InlineData("smallint", "40000", "integer", "40000")]
    [InlineData("smallint", "3000000000", "bigint", "3000000000")]
    [InlineData("integer", "-3000000000", "bigint", "-3000000000")]
    [InlineData("integer", "12.50", "numeric", "12.50")]
    [InlineData("bigint", "12345678901234567890", "numeric", "12345678901234567890")]
    [InlineData("real", "1e300", "double precision", "1e+300")]
    [InlineData("numeric(4,1)", "123456.78", "numeric(7,1)", "123456.8")]
    [InlineData("numeric(4,1)", "999.99", "numeric(5,1)", "1000.0")]
    [InlineData("varchar(3)", "abcd", "character varying(16)", "abcd")]
    [InlineData("varchar(16)", "12345678901234567", "character varying(32)", "12345678901234567")]
    public async Task Value_ThatTheTypeCannotHold_WidensIt(string before, string value, string after, string stored)
    {
        await using var bench = await BenchAsync(before);

        var file = await bench.LoadAsync(bench.Write("a.csv", $"id,v\n1,1\n2,2\n3,3\n4,{value}\n5,4\n"));

        file.Single().Status.ShouldBe("loaded", file.Single().Reason);
        (await bench.RowsAsync(Type)).ShouldBe([after]);
        (await bench.RowsAsync("SELECT id, v::text FROM t WHERE id = 4")).ShouldBe([$"4|{stored}"]);
        (await bench.RowsAsync("SELECT count(*), sum(id) FROM t")).ShouldBe(["5|15"]);
        (await bench.RowsAsync("SELECT detail FROM ingest.history WHERE kind = 'file.drift.widened'")).Single()
            .ShouldContain($"is now {after}");
        (await bench.RowsAsync("SELECT count(*) FROM corrupt_records")).ShouldBe(["0"]);
    }

    [Theory]
    [InlineData("integer", "abc")]
    [InlineData("integer", "NaN")]
    [InlineData("integer", "Infinity")]
    [InlineData("double precision", "1e400")]
    [InlineData("date", "2026-13-01")]
    [InlineData("char(2)", "abc")]
    [InlineData("boolean", "2")]
    [InlineData("uuid", "1")]
    public async Task Value_ThatNoWiderTypeHolds_IsRejected(string type, string value)
    {
        await using var bench = await BenchAsync(type);

        await bench.LoadAsync(bench.Write("a.csv", $"id,v\n1,{value}\n2,\n"));

        (await bench.RowsAsync("SELECT id FROM t")).ShouldBe(["2"]);
        (await bench.RowsAsync("SELECT column_name FROM corrupt_records")).ShouldBe(["v"]);
        (await bench.RowsAsync("SELECT count(*) FROM ingest.drift WHERE kind = 'widened'")).ShouldBe(["0"]);
    }

    [Fact]
    public async Task ColumnThatAViewUses_StaysAndTheRecordIsRejected()
    {
        await using var bench = await BenchAsync("integer");
        await bench.ExecuteAsync("CREATE VIEW w AS SELECT v FROM t");

        var file = await bench.LoadAsync(bench.Write("a.csv", "id,v\n1,3000000000\n2,2\n3,4000000000\n"));

        file.Single().Status.ShouldBe("loaded", file.Single().Reason);
        (await bench.RowsAsync("SELECT id, v FROM t")).ShouldBe(["2|2"]);
        (await bench.RowsAsync("SELECT count(*) FROM corrupt_records")).ShouldBe(["2"]);
        (await bench.RowsAsync("SELECT detail FROM ingest.history WHERE kind = 'file.drift.kept'")).Single()
            .ShouldContain("stays integer");
    }

    [Fact]
    public async Task DomainColumn_StaysAsItIs()
    {
        await using var bench = await BenchAsync("integer");
        await bench.ExecuteAsync("CREATE DOMAIN small AS integer; ALTER TABLE t ALTER v TYPE small");

        await bench.LoadAsync(bench.Write("a.csv", "id,v\n1,3000000000\n"));

        (await bench.RowsAsync("SELECT count(*) FROM corrupt_records")).ShouldBe(["1"]);
    }

    [Fact]
    public async Task WholeFile_Upsert_AndReplaceTable_Widen()
    {
        foreach (var more in (Action<PipelineOptions>[])[p => p.WholeFile = true, p => p.Write = WriteMode.ReplaceTable,
            p => p.Write = WriteMode.Upsert])
        {
            await using var bench = await BenchAsync("smallint", more);

            var file = await bench.LoadAsync(bench.Write("a.csv", "id,v\n1,1\n2,2\n3,3\n4,70000\n5,5000000000\n6,6\n7,0.5\n"));

            file.Single().Status.ShouldBe("loaded", file.Single().Reason);
            (await bench.RowsAsync("SELECT id, v::text FROM t ORDER BY id")).ShouldBe(
                ["1|1", "2|2", "3|3", "4|70000", "5|5000000000", "6|6", "7|0.5"]);
            (await bench.RowsAsync("SELECT rows_loaded, rows_rejected FROM ingest.file")).ShouldBe(["7|0"]);
        }
    }

    [Fact]
    public async Task KeyColumn_AndManyColumnsOfOneRecord_Widen()
    {
        await using var bench = await LoadBench.CreateAsync(
            "CREATE TABLE t (id smallint PRIMARY KEY, a smallint, b real, c varchar(2), d numeric(2))", p =>
            (p.TypeChanges, p.Write, p.MaxAttempts) = (TypeChangePolicy.Widen, WriteMode.Upsert, 1));

        var file = await bench.LoadAsync(bench.Write("a.csv", "id,a,b,c,d\n100000,100000,1e200,long,1000\n"));

        file.Single().Status.ShouldBe("loaded", file.Single().Reason);
        (await bench.RowsAsync("SELECT id, a, c, d FROM t")).ShouldBe(["100000|100000|long|1000"]);
    }

    [Fact]
    public async Task DecimalComma_IsReadBeforeTheTypeIsChosen()
    {
        await using var bench = await BenchAsync("integer", p => (p.Csv.Delimiter, p.Csv.Decimal) = (";", ','));

        await bench.LoadAsync(bench.Write("a.csv", "id;v\n1;1,5\n"));

        (await bench.RowsAsync("SELECT v::text FROM t")).ShouldBe(["1.5"]);
    }

    [Fact]
    public async Task SeveralNodesAtOnce_WidenAndLoadEachRecordOnce()
    {
        await using var bench = await BenchAsync("smallint");
        var random = new Random(20261127);
        var paths = new List<string>();
        var expected = new List<string>();
        string[] values = ["1", "70000", "5000000000", "0.25", "12345678901234567890"];
        for (var file = 0; file < 40; file++)
        {
            var lines = Enumerable.Range(0, 6).Select(
                i => (Id: 6 * file + i, V: random.Next(4) == 0 ? values[random.Next(Math.Min(5, 1 + file / 8))] : "1")).ToArray();
            expected.AddRange(lines.Select(l => $"{l.Id}|{l.V}"));
            paths.Add(bench.Write($"f{file}.csv", "id,v\n" + string.Concat(lines.Select(l => $"{l.Id},{l.V}\n"))));
        }

        var nodes = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => bench.StartNodeAsync()));
        var states = await Task.WhenAll(
            nodes.Select((node, i) => bench.LoadOnAsync(node, [.. paths.Where((_, place) => place % 3 == i)])));

        states.SelectMany(s => s).ShouldAllBe(file => file.Status == "loaded");
        (await bench.RowsAsync("SELECT id, v::text FROM t ORDER BY id")).ShouldBe(expected);
    }
}
