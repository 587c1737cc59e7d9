using System.Text;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Loading.Replay;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Loading;

/// <summary>Files of every format, on their way into a table.</summary>
public sealed class FormatLoadTests
{
    const string Events =
        "CREATE TABLE t (user_id bigint NOT NULL, action varchar(50) NOT NULL, product_id bigint, product_name text, price "
            + "numeric(10,2), event_time timestamptz NOT NULL, session_id text)";

    static readonly FixedColumn[] Places =
    [
        new() { Name = "user_id", Start = 1, Width = 8 }, new() { Name = "action", Start = 9, Width = 17 },
        new() { Name = "product_id", Start = 26, Width = 7 },
        new() { Name = "product_name", Start = 33, Width = 60 }, new() { Name = "price", Start = 93, Width = 10 },
        new() { Name = "event_time", Start = 104, Width = 26 },
        new() { Name = "session_id", Start = 131, Width = 17 },
    ];

    static string Sample(string kind) => Repository.Path($"data/samples/events.{kind}");

    /// <summary>How values of CSV are written says nothing of those of another format, under the same names.</summary>
    [Fact]
    public async Task Load_FilesOfTwoFormatsWithTheSameNames_ReadsEachByItsOwnRules()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int, price numeric)", pipeline =>
        {
            pipeline.Csv.Delimiter = ";";
            pipeline.Csv.Decimal = ',';
        });

        foreach (var path in new[] { bench.Write("a.csv", "id;price\n1;2,5\n"),
            bench.Write("b.ndjson", "{\"id\": 2, \"price\": 3.5}\n"), bench.Write("c.csv", "id;price\n3;4,5\n") })
            await bench.LoadAsync(path);

        (await bench.RowsAsync("SELECT id, price FROM t ORDER BY id")).ShouldBe(["1|2.5", "2|3.5", "3|4.5"]);
    }

    /// <summary>Of a single-byte encoding that is told, rejects keep the stored bytes.</summary>
    [Fact]
    public async Task Replay_RejectOfASingleByteEncoding_IsDecodedAsItsFileWas()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int CONSTRAINT low CHECK (id < 100), name text)",
            p => p.Encoding = "windows-1252");
        await bench.LoadAsync(bench.Write("a.csv", Encoding.Latin1.GetBytes("id,name\n1,Käse\n200,Über\n")));
        await bench.ExecuteAsync("ALTER TABLE t DROP CONSTRAINT low");

        var result = await new RejectReplay(bench.Database.DataSource, TimeProvider.System).RunAsync(
            new RejectFilter(), [bench.Pipeline], new OperatorAct("ann@here", "mended"), TestContext.Current.CancellationToken);

        result.ShouldBe(new RejectReplayResult(1, 0));
        (await bench.RowsAsync("SELECT id, name FROM t ORDER BY id")).ShouldBe(["1|Käse", "200|Über"]);
    }

    /// <summary>The samples are one set of events, written by other programs.</summary>
    [Theory]
    [InlineData("json")]
    [InlineData("parquet")]
    [InlineData("xlsx")]
    [InlineData("txt")]
    public async Task Sample_OfAFormat_LoadsTheRowsOfTheOthers(string kind)
    {
        await using var bench = await LoadBench.CreateAsync(Events, pipeline =>
        {
            pipeline.BatchRecords = 7;
            pipeline.Fixed.Columns = Places;
        });
        (await bench.LoadAsync(Sample("ndjson"))).Single().Status.ShouldBe("loaded");
        var expected = await bench.RowsAsync("SELECT t::text FROM t ORDER BY event_time, user_id");
        await bench.ExecuteAsync("TRUNCATE t");
        if (kind == "txt") bench.Pipeline.Format = InputFormat.Fixed;

        var states = await bench.LoadAsync(Sample(kind));

        states.Single().Status.ShouldBe("loaded", states.Single().Reason);
        (await bench.RowsAsync("SELECT t::text FROM t ORDER BY event_time, user_id")).ShouldBe(expected);
        (await bench.RowsAsync(
            "SELECT status, rows_loaded, rows_rejected, sha256 = sha256(pg_read_binary_file(path)) FROM ingest.file")).Distinct()
            .ShouldBe(["loaded|40|0|True"]);
    }

    /// <summary>The law of JSON's values: what <c>json_populate_record</c> makes of the same line, which is PostgreSQL's own
    /// reading of JSON into a row.</summary>
    [Fact]
    public async Task Ndjson_AnyValues_AreStoredAsPostgresWouldPopulateTheRow()
    {
        const string Table =
            "(n int, i int, d numeric, f float8, b bool, s text, v varchar(9), at timestamptz, day date, j jsonb, o json, a "
                + "text[], m int[], u uuid)";
        await using var bench = await LoadBench.CreateAsync($"CREATE TABLE t {Table}");
        await bench.ExecuteAsync($$"""
            CREATE TABLE lines (n int, line text); CREATE TABLE expected {{Table}};
            CREATE FUNCTION populate(line text) RETURNS SETOF expected LANGUAGE plpgsql AS
            $$ BEGIN RETURN QUERY SELECT * FROM json_populate_record(NULL::expected, line::json);
            EXCEPTION WHEN OTHERS THEN RETURN; END $$
            """);
        var text = new StringBuilder();
        var random = new Random(20261129);
        for (var n = 0; n < 3_000; n++)
        {
            text.Append(string.Create(System.Globalization.CultureInfo.InvariantCulture, $$"""{"n":{{n}}"""));
            foreach (var column in new[] { "i", "d", "f", "b", "s", "v", "at", "day", "j", "o", "a", "m", "u" })
            {
                if (random.Next(4) > 0) text.Append($",\"{column}\":{(random.Next(8) == 0 ? "null" : ValueFor(column, random))}");
            }

            text.Append("}\n");
        }

        var path = bench.Write("a.ndjson", text.ToString());
        await bench.ExecuteAsync(
            $"INSERT INTO lines SELECT ordinality - 1, line FROM regexp_split_to_table(rtrim(pg_read_file('{path}'), E'\\n'), "
                + "E'\\n') WITH ORDINALITY AS l (line, ordinality)");
        await bench.ExecuteAsync("INSERT INTO expected SELECT p.* FROM lines, populate(line) p");

        (await bench.LoadAsync(path)).Single().Status.ShouldBe("loaded");

        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBeGreaterThan(400);
        (await bench.RowsAsync("""
            SELECT t.n, t::text, e::text, l.line FROM t FULL JOIN expected e USING (n) JOIN lines l USING (n)
            WHERE (t.i, t.d, t.f::text, t.b, t.s, t.v, t.at, t.day, t.j, t.o::jsonb, t.a, t.m, t.u) IS DISTINCT
                FROM (e.i, e.d, e.f::text, e.b, e.s, e.v, e.at, e.day, e.j, e.o::jsonb, e.a, e.m, e.u)
            LIMIT 5
            """))
            .ShouldBeEmpty();
    }

    static string ValueFor(string column, Random random) => random.Next(60) == 0
        ? Pick(random, "\"\"", "\"x\"", "[1,2]", "{\"k\":[null]}", "true", "12", "1e2", "\"\\u00e9\\n\\\"\"") : column switch
        {
            "i" => Often(random, ["0", "-7", "2147483647", "\"42\""], ["2147483648", "1.5", "1e3"]),
            "d" => Pick(random, "0.10", "1e400", "-12345678901234567890.123456789", "\"7.70\"", "1E-5"),
            "f" => Often(random, ["0.1", "1e308", "\"NaN\"", "-0", "3"], ["1e400"]),
            "b" => Often(random, ["true", "false", "\"yes\"", "0"], ["\"maybe\""]),
            "at" => Pick(random, "\"2025-01-01T00:00:00.123Z\"", "\"2025-06-01 12:00:00+02\""),
            "day" => Often(random, ["\"2024-02-29\"", "20240229"], ["\"2023-02-29\""]),
            "j" or "o" => Pick(random, "\"text\"", "\"{\\\"a\\\":1}\"", "123", "[1, \"x\", {\"y\":null}]", "{\"b\":1, \"a\":2}",
                "\"\\u0001\"", "true"),
            "a" => Pick(random, "[\"a\",\"b \\\"c\\\"\",null,\"NULL\",\"\",\"{x}\"]", "[]", "[[\"a\"],[\"b\"]]", "\"{p,q}\"",
                "[{\"k\":\"v\"},1.50,true]"),
            "m" => Often(random, ["[1,2,3]", "[[1,2],[3,4]]", "[1,null]", "[\"5\"]"], ["[\"x\"]", "[1.5]"]),
            "u" => Often(random, ["\"0190a6c8-0000-7000-8000-000000000000\""], ["\"no\""]),
            _ => Pick(random, "\"plain\"", "\"tab\\t\\u65e5\\ud83d\\ude00\"", "\"nine chars and more\"", "17",
                "0.10", "\"\\\\N\""),
        };

    static string Often(Random random, string[] good, string[] bad) => Pick(random, random.Next(15) == 0 ? bad : good);

    static string Pick(Random random, params string[] values) => values[random.Next(values.Length)];

    /// <summary>Lanes commit in any order: what is left open by a program that was killed may be a gap, and the end.</summary>
    [Theory]
    [InlineData("parquet")]
    [InlineData("xlsx")]
    public async Task Rows_CommittedWithAGap_AreFilledUpAndTheFileEnds(string kind)
    {
        await using var bench = await LoadBench.CreateAsync(Events, pipeline => pipeline.BatchRecords = 7);
        (await bench.LoadAsync(Sample(kind))).Single().Status.ShouldBe("loaded");
        await bench.ExecuteAsync("""
            WITH gone AS (DELETE FROM ingest.batch WHERE first_record IN (8, 36) RETURNING records) SELECT sum(records) FROM gone;
            TRUNCATE t; UPDATE ingest.file SET status = 'ready', end_position = NULL
            """);

        var states = await bench.LoadAsync(Sample(kind));

        states.Single().Status.ShouldBe("loaded", states.Single().Reason);
        (await bench.RowsAsync("SELECT count(*), count(DISTINCT t) FROM t")).ShouldBe(["12|12"]);
        (await bench.RowsAsync("SELECT records_read, rows_loaded FROM ingest.file")).ShouldBe(["40|40"]);
    }

    [Fact]
    public async Task Ndjson_KeysThatComeLate_FillTheirColumnsAndOthersAreRejected()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int, late text, made int DEFAULT 5)");
        var first = string.Concat(Enumerable.Range(0, 60_000).Select(i => $"{{\"id\":{i},\"pad\":\"{new string('x', 80)}\"}}\n"));
        var path = bench.Write("a.ndjson",
            first + "{\"id\":-1,\"late\":\"here\"}\n{\"id\":-2,\"new\":1}\n{\"id\":-3,\"made\":7}\n");

        var states = await bench.LoadAsync(path);

        states.Single().Status.ShouldBe("loaded", states.Single().Reason);
        (await bench.RowsAsync("SELECT id, late, made FROM t WHERE id < 0")).ShouldBe(["-1|here|5"]);
        (await bench.RowsAsync("SELECT raw_record, reason FROM corrupt_records ORDER BY id"))
            .ShouldBe(["{\"id\":-2,\"new\":1}|unknown_key", "{\"id\":-3,\"made\":7}|unknown_key"]);
        (await bench.ScalarAsync<string>("SELECT columns_note::text FROM ingest.file")).ShouldContain("pad");
    }

    [Fact]
    public async Task JsonDocument_BrokenInTheMiddle_IsQuarantinedWithWhatIsCommitted()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int)", pipeline => pipeline.BatchRecords = 10);
        var path = bench.Write("a.json",
            "[" + string.Join(",", Enumerable.Range(0, 1_000_000 / 10).Select(i => $"{{\"id\":{i}}}")) + ",{\"id\" 5}]");

        var states = await bench.LoadAsync(path);

        states.Single().Status.ShouldBe("quarantined");
        states.Single().Reason.ShouldNotBeNull().ShouldContain("the next record in the JSON document is unknown");
        (await bench.RowsAsync("SELECT count(*) = (SELECT coalesce(sum(rows_loaded), 0) FROM ingest.batch) FROM t")).ShouldBe(
            ["True"]);
    }

    /// <summary>Rejects are kept so that they can be read once more without their file, whatever its format.</summary>
    [Theory]
    [InlineData("ndjson")]
    [InlineData("json")]
    [InlineData("parquet")]
    [InlineData("xlsx")]
    [InlineData("txt")]
    public async Task Rejects_OfAFormat_GoIntoTheMendedTable(string kind)
    {
        await using var bench = await LoadBench.CreateAsync(
            Events + "; ALTER TABLE t ADD CONSTRAINT low CHECK (price < 100), ALTER product_id TYPE smallint", pipeline =>
        {
            pipeline.Fixed.Columns = Places;
            pipeline.Rules = [new RangeRule { Column = "user_id", Maximum = 50_000 }];
            if (kind == "txt") pipeline.Format = InputFormat.Fixed;
        });
        var path = bench.Write("events", File.ReadAllBytes(Sample(kind)));
        (await bench.LoadAsync(path)).Single().Status.ShouldBe("loaded");
        var rejected = await bench.ScalarAsync<long>("SELECT count(*) FROM corrupt_records WHERE status = 'open'");
        (await bench.RowsAsync("SELECT DISTINCT reason FROM corrupt_records ORDER BY reason")).ShouldBe(["constraint", "rule"]);
        (await bench.RowsAsync(
            "SELECT bool_and((line IS NULL) = (format = 'parquet')), min(format) FROM corrupt_records JOIN ingest.reject_header "
                + "USING (file_id)"))
            .ShouldBe([$"True|{(kind == "txt" ? "fixed" : kind)}"]);
        File.Delete(path);
        await bench.ExecuteAsync("ALTER TABLE t DROP CONSTRAINT low");
        bench.Pipeline.Rules = [];

        var result = await new RejectReplay(bench.Database.DataSource, TimeProvider.System).RunAsync(
            new RejectFilter(), [bench.Pipeline], new OperatorAct("ann@here", "mended"), TestContext.Current.CancellationToken);

        result.ShouldBe(new RejectReplayResult(rejected, 0));
        var replayed = await bench.RowsAsync("SELECT t::text FROM t ORDER BY event_time, user_id");
        await using var all = await LoadBench.CreateAsync(Events);
        await all.LoadAsync(Sample("ndjson"));
        replayed.ShouldBe(await all.RowsAsync("SELECT t::text FROM t ORDER BY event_time, user_id"));
    }
}
