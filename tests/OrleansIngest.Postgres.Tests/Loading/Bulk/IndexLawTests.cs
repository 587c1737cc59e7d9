using System.Globalization;
using CsCheck;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Postgres.Tests.Loading.Bulk;

/// <summary>Law: whatever indexes a table has, they are the same after a bulk load, down to every flag that
/// PostgreSQL keeps of them.</summary>
public sealed class IndexLawTests
{
    static readonly string[] Keys =
    [
        "id", "note", "\"we ird\"", "n DESC NULLS LAST", "note COLLATE \"C\"", "note text_pattern_ops", "lower(note)", "(n * 2)",
        "tags", "at", "note varchar_pattern_ops",
    ];

    static readonly string[] Methods = ["", "", "", "USING btree", "USING hash", "USING brin", "USING gin", "USING gist",
        "USING spgist"];

    static readonly string[] Ends =
    [
        "", "WHERE n > 5", "WHERE note LIKE 'a%'", "WITH (fillfactor = 70)", "TABLESPACE bulk_space", "INCLUDE (n)",
        "WITH (deduplicate_items = off)",
        "INCLUDE (\"we ird\", at) WITH (fillfactor = 50) TABLESPACE bulk_space WHERE \"we ird\" IS NOT NULL",
        "WITH (pages_per_range = 16, autosummarize = on)",
    ];

    static readonly string[] Names = ["i{0}", "\"I {0}\"", "\"i \"\"{0}\"\" ON ONLY x\"", "\"größe{0}\""];

    static readonly string[] Afterwards =
    [
        "", "COMMENT ON INDEX {0} IS 'it''s \"mine\"'", "ALTER TABLE t CLUSTER ON {0}",
        "ALTER INDEX {0} ALTER COLUMN 1 SET STATISTICS 77",
        "ALTER INDEX {0} SET (fillfactor = 61)", "ALTER INDEX {0} DEPENDS ON EXTENSION plpgsql",
    ];

    static readonly string[] Tables =
    [
        "CREATE TABLE t ({0})",
        "CREATE TABLE t ({0}) PARTITION BY HASH (id); CREATE TABLE t_0 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 0); "
            + "CREATE TABLE t_1 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
        "CREATE TABLE t ({0}) PARTITION BY RANGE (id); CREATE TABLE \"t Low\" PARTITION OF t FOR VALUES FROM (MINVALUE) TO (50) "
            + "PARTITION BY HASH (id); CREATE TABLE low_0 PARTITION OF \"t Low\" FOR VALUES WITH (MODULUS 1, REMAINDER 0); "
            + "CREATE TABLE high PARTITION OF t DEFAULT",
    ];

    sealed record Shape(int Table, (int Key, int Second, int Method, int End, int Name, int After, bool IsUnique)[] Indexes);

    static readonly Gen<Shape> Shapes = Gen.Select(
        Gen.Int[0, Tables.Length - 1],
        Gen.Select(
            Gen.Int[0, Keys.Length - 1], Gen.Int[-Keys.Length, Keys.Length - 1], Gen.Int[0, Methods.Length - 1],
            Gen.Int[0, Ends.Length - 1],
            Gen.Int[0, Names.Length - 1], Gen.Int[0, Afterwards.Length - 1], Gen.Int[0, 5].Select(n => n == 0)).Array[1, 6],
        (table, indexes) => new Shape(table, indexes));

    /// <summary>Indexes that PostgreSQL does not allow are left out: it says which ones. At
    /// least a quarter must be left.</summary>
    [Fact]
    public async Task Load_RandomIndexes_AreTheSameBeforeAndAfter()
    {
        await using var bench = await LoadBench.CreateAsync("SELECT 1");
        await CreateTablespaceAsync(bench);
        var node = await bench.StartNodeAsync();
        var (made, asked, seen) = (0, 0, 0);
        try
        {
            await Shapes.SampleAsync(async shape =>
            {
                var rounds = seen++;
                await bench.ExecuteAsync("DROP TABLE IF EXISTS t; " + string.Format(
                    CultureInfo.InvariantCulture, Tables[shape.Table],
                    "id int, note text, n int, \"we ird\" text, tags text[], at timestamptz"));
                asked += shape.Indexes.Length;
                for (var i = 0; i < shape.Indexes.Length; i++)
                    made += await TryAsync(bench, shape.Table, shape.Indexes[i], i) ? 1 : 0;
                var before = await IndexPicture.OfAsync(bench);
                var path = bench.Write($"{rounds}.csv",
                    $"id,note,n,we ird,tags,at\n{rounds},a,1,b,\"{{x,y}}\",2026-01-01\n{100 + rounds},z,9,,,\n");

                var (start, end) = await bench.LoadInBulkAsync(BulkPolicy.On, path);

                end.Failed.ShouldBeEmpty();
                end.Built.Count.ShouldBeGreaterThanOrEqualTo(start.Dropped?.Indexes.Count ?? 0);
                (await IndexPicture.OfAsync(bench)).ShouldBe(before);
                (await bench.RowsAsync("SELECT count(*) FROM t")).ShouldBe(["2"]);
                (await bench.DroppedAsync()).ShouldBeEmpty();
            }, iter: 60, threads: 1);
        }
        finally
        {
            await bench.ExecuteAsync("DROP TABLE IF EXISTS t");
            await bench.ExecuteAsync("DROP TABLESPACE bulk_space");
        }

        made.ShouldBeGreaterThan(asked / 4);
        (await bench.RowsAsync("SELECT count(*) >= 50 FROM ingest.history WHERE kind = 'index.built'")).ShouldBe(["True"]);
    }

    /// <summary>In the data directory: PostgreSQL allows that for tests.</summary>
    static async Task CreateTablespaceAsync(LoadBench bench)
    {
        await using var connection = await bench.Database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        foreach (var sql in new[] { "SET allow_in_place_tablespaces = on", "CREATE TABLESPACE bulk_space LOCATION ''",
            "RESET ALL" })
        {
            await using var command = new Npgsql.NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
    }

    static async Task<bool> TryAsync(
        LoadBench bench, int table, (int Key, int Second, int Method, int End, int Name, int After, bool IsUnique) index,
        int number)
    {
        var name = string.Format(CultureInfo.InvariantCulture, Names[index.Name], number);
        var keys = index.Second < 0 ? Keys[index.Key] : $"{Keys[index.Key]}, {Keys[index.Second]}";
        try
        {
            await bench.ExecuteAsync(
                $"CREATE {(index.IsUnique ? "UNIQUE " : "")}INDEX {name} ON t {Methods[index.Method]} ({keys}) "
                    + $"{Ends[index.End]}");
        }
        catch (Npgsql.PostgresException)
        {
            return false;
        }

        if (Afterwards[index.After] is not { Length: > 0 } after) return true;
        try
        {
            await bench.ExecuteAsync(string.Format(CultureInfo.InvariantCulture, after, name));
        }
        catch (Npgsql.PostgresException)
        {
            // No statistics for a plain column, no cluster by a hash: it stays as it is.
        }

        // One part of the whole is not like the others.
        if (table > 0 && index.After % 2 == 1)
        {
            var part =
                (await bench.RowsAsync(
                    $"SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = "
                        + $"to_regclass('{name.Replace("'", "''", StringComparison.Ordinal)}') LIMIT 1"))[0];
            await bench.ExecuteAsync($"COMMENT ON INDEX {part} IS 'part'; ALTER INDEX {part} RENAME TO \"Part {number}\"");
        }

        return true;
    }

    /// <summary>A partition that came while the index of the whole was missing gets its part all the same.</summary>
    [Fact]
    public async Task Load_APartitionComesMeanwhile_HasTheIndexToo()
    {
        await using var bench = await LoadBench.CreateAsync(
            "CREATE TABLE t (id int, n int) PARTITION BY RANGE (id); CREATE TABLE p0 PARTITION OF t FOR VALUES FROM (0) TO (10); "
                + "CREATE INDEX whole ON t (n)");
        var node = await bench.StartNodeAsync();
        var path = bench.Write("a.csv", "id,n\n1,1\n12,2\n");
        await bench.BeginAsync(node, BulkPolicy.On, path);
        await bench.ExecuteAsync("CREATE TABLE p1 PARTITION OF t FOR VALUES FROM (10) TO (20)");
        await bench.LoadOnAsync(node, [path]);

        (await node.CreateBulkLoad().FinishAsync(2, TestContext.Current.CancellationToken)).Failed.ShouldBeEmpty();

        (await bench.RowsAsync(
            "SELECT indexrelid::regclass::text, indisvalid FROM pg_index WHERE indrelid IN ('t'::regclass, 'p0'::regclass, "
                + "'p1'::regclass) ORDER BY indexrelid::regclass::text"))
            .ShouldBe(["p0_n_idx|True", "p1_n_idx|True", "whole|True"]);
        (await bench.RowsAsync("SELECT count(*) FROM pg_inherits WHERE inhparent = 'whole'::regclass")).ShouldBe(["2"]);
    }

    /// <summary>What something else depends on stays where it is.</summary>
    [Fact]
    public async Task Begin_IndexesThatAreNeeded_Stay()
    {
        await using var bench = await LoadBench.CreateAsync(
            """
            CREATE TABLE t (id int PRIMARY KEY, code int NOT NULL, during tsrange, n int, EXCLUDE USING gist (during WITH &&));
            CREATE UNIQUE INDEX by_code ON t (code); ALTER TABLE t REPLICA IDENTITY
                USING INDEX by_code; CREATE INDEX by_n ON t (n);
            CREATE TABLE child (code int REFERENCES t (code));
            CREATE INDEX broken ON t (n); UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'broken'::regclass
            """);
        var node = await bench.StartNodeAsync();

        var start = await bench.BeginAsync(node, BulkPolicy.On, bench.Write("a.csv", "id,code\n1,1\n"));

        start.Dropped!.Indexes.ShouldBe(["public.by_n"]);
    }

    [Theory]
    [InlineData("CREATE TABLE t (id int); CREATE INDEX i ON t (id); CREATE TABLE u () INHERITS (t)",
        "other tables inherit from it")]
    [InlineData("CREATE TABLE t (id int PRIMARY KEY)", "it has no index that may be dropped")]
    [InlineData("CREATE TABLE w (id int) PARTITION BY RANGE (id); CREATE INDEX i ON w (id); CREATE TABLE t PARTITION "
        + "OF w DEFAULT", "it has no index that may be dropped")]
    public async Task Begin_TableThatCannot_SaysWhy(string table, string why)
    {
        await using var bench = await LoadBench.CreateAsync(table);
        var node = await bench.StartNodeAsync();

        (await bench.BeginAsync(node, BulkPolicy.On, bench.Write("a.csv", "id\n1\n"))).WhyNot.ShouldBe(why);
    }
}
