using System.Globalization;
using System.Text;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Postgres.Tests.Ledger;

namespace OrleansIngest.Postgres.Tests.Loading.Staging;

/// <summary>Files whose rows become visible in one moment.</summary>
public sealed class WholeFileTests
{
    const string Table = "CREATE TABLE t (id int PRIMARY KEY, v int CHECK (v <> 13), note text)";

    static Task<LoadBench> BenchAsync(Action<PipelineOptions>? change = null, string table = Table) =>
        LoadBench.CreateAsync(table, p =>
    {
        p.WholeFile = true;
        p.BatchRecords = 100;
        change?.Invoke(p);
    });

    static string Lines(int from, int to, Func<int, string>? line = null)
    {
        var text = new StringBuilder("id,v,note\n");
        for (var i = from; i <= to; i++) text.Append(CultureInfo.InvariantCulture, $"{line?.Invoke(i) ?? $"{i},1,n{i}"}\n");
        return text.ToString();
    }

    static async Task NothingShouldBeLeftAsync(LoadBench bench)
    {
        (await bench.RowsAsync(
            "SELECT relname::text FROM pg_class WHERE relnamespace = 'ingest_stage'::regnamespace AND "
                + "relkind = 'r'")).ShouldBeEmpty();
        (await bench.RowsAsync("SELECT relation FROM ingest.stage")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Load_SoundFile_IsAllThereAndLeavesNoStage()
    {
        await using var bench = await BenchAsync();

        var state = (await bench.LoadAsync(bench.Write("a.csv", Lines(1, 1050)))).Single();

        state.Status.ShouldBe("loaded", state.Reason);
        (await bench.RowsAsync("SELECT count(*), count(DISTINCT id), sum(v), min(note) FROM t")).ShouldBe(["1050|1050|1050|n1"]);
        (await bench.RowsAsync("SELECT rows_loaded, rows_rejected, rows_skipped FROM ingest.file")).ShouldBe(["1050|0|0"]);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM ingest.batch")).ShouldBe(11);
        await bench.CountsShouldAgreeAsync();
        await NothingShouldBeLeftAsync(bench);
    }

    /// <summary>Client, server while staging (a domain), and server at the end (unique, check) each refuse records.</summary>
    [Fact]
    public async Task Load_RowsThatTheServerRefusesAtTheEnd_AreRejectsWithTheirRecords()
    {
        await using var bench = await BenchAsync(
            table: "CREATE DOMAIN even AS int CHECK (VALUE % 2 = 0); CREATE TABLE t (id int PRIMARY KEY, v int CHECK (v <> 13), "
                + "note text, e even)");
        await bench.ExecuteAsync("INSERT INTO t VALUES (500, 0, 'old', 2)");
        var text = new StringBuilder("id,v,note,e\n");
        for (var i = 1; i <= 1000; i++)
        {
            text.Append(i switch
            {
                10 => "x,1,\"two\nlines\",2\n",
                20 => "20,1,odd,3\n",
                30 => "30,13,\"checked\nby the server\",2\n",
                40 => "39,1,twice,2\n",
                _ => string.Create(CultureInfo.InvariantCulture, $"{i},1,n,2\n"),
            });
        }

        var state = (await bench.LoadAsync(bench.Write("a.csv", text.ToString()))).Single();

        state.Status.ShouldBe("loaded", state.Reason);
        (await bench.RowsAsync(
            "SELECT record_number, line, reason, column_name, raw_record, status FROM corrupt_records ORDER BY 1")).ShouldBe(
        [
            "10|11|bad_value|id|x,1,\"two\nlines\",2|open",
            "20|22|constraint|e|20,1,odd,3|open",
            "30|32|constraint|NULL|30,13,\"checked\nby the server\",2|open",
            "40|43|constraint|NULL|39,1,twice,2|open",
            "500|503|constraint|NULL|500,1,n,2|open",
        ]);
        (await bench.RowsAsync("SELECT count(*), sum(v), max(note) FILTER (WHERE id = 500) FROM t")).ShouldBe(["996|995|old"]);
        (await bench.RowsAsync("SELECT rows_loaded, rows_rejected FROM ingest.file")).ShouldBe(["995|5"]);
        (await bench.RowsAsync("SELECT sum(rows_rejected) FROM ingest.batch WHERE first_record = 1")).ShouldBe(["4"]);
        await bench.CountsShouldAgreeAsync();
        await NothingShouldBeLeftAsync(bench);
    }

    [Fact]
    public async Task Load_ParentBehindItsChildInAnotherBatch_LoadsBoth()
    {
        await using var bench = await BenchAsync(table: "CREATE TABLE t (id int PRIMARY KEY, v int REFERENCES t, note text)");

        await bench.LoadAsync(bench.Write("a.csv",
            Lines(1, 500, i => i == 1 ? "1,500,child" : i == 2 ? "2,900,orphan" : $"{i},,n")));

        (await bench.RowsAsync("SELECT count(*), max(v) FROM t")).ShouldBe(["499|500"]);
        (await bench.RowsAsync("SELECT raw_record, reason FROM corrupt_records")).ShouldBe(["2,900,orphan|constraint"]);
    }

    [Fact]
    public async Task Load_TriggerThatDiscardsRows_CountsThemAsSkipped()
    {
        await using var bench = await BenchAsync();
        await bench.ExecuteAsync(
            "CREATE FUNCTION sieve() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF NEW.id % 4 = 0 THEN RETURN NULL; END IF; "
            + "RETURN NEW; END';CREATE TRIGGER sieve BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION sieve()");

        var state = (await bench.LoadAsync(bench.Write("a.csv", Lines(1, 1000, i => i == 7 ? "7,13,n" : $"{i},1,n")))).Single();

        state.Status.ShouldBe("loaded", state.Reason);
        (await bench.RowsAsync("SELECT rows_loaded, rows_rejected, rows_skipped, rows_suppressed FROM ingest.file")).ShouldBe(
            ["749|1|250|250"]);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(749);
        await bench.CountsShouldAgreeAsync();
    }

    [Fact]
    public async Task Load_DeferredConstraint_RejectsItsRowsAtTheEnd()
    {
        await using var bench = await BenchAsync(
            table: "CREATE TABLE t (id int UNIQUE DEFERRABLE INITIALLY DEFERRED, v int, note text)");

        await bench.LoadAsync(bench.Write("a.csv", Lines(1, 300, i => i == 200 ? "5,1,twice" : $"{i},1,n")));

        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(299);
        (await bench.RowsAsync("SELECT raw_record FROM corrupt_records")).ShouldBe(["5,1,twice"]);
    }

    [Fact]
    public async Task Load_TypesWithoutEncoderAndMetadata_GoAlong()
    {
        await using var bench = await BenchAsync(
            p => p.Metadata = new Dictionary<string, string> { ["src_line"] = "{line}", ["src"] = "{name}" },
            "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY, p point, \"No te\" varchar(5), src_line int, src text, d "
                + "date DEFAULT now())");

        var state = (await bench.LoadAsync(bench.Write("a.csv",
            "p,No te\n\"(1,2)\",abc\n\"(1,x)\",abc\n\n\"(3,4)\",toolong\n\"(5,6)\",\n"))).Single();

        state.Status.ShouldBe("loaded", state.Reason);
        (await bench.RowsAsync("SELECT p::text, \"No te\", src_line, src, d = current_date FROM t ORDER BY src_line"))
            .ShouldBe(["(1,2)|abc|2|a.csv|True", "(5,6)|NULL|6|a.csv|True"]);
        (await bench.RowsAsync("SELECT line, reason FROM corrupt_records ORDER BY 1")).ShouldBe(["3|bad_value", "5|bad_value"]);
        await bench.CountsShouldAgreeAsync();
    }

    [Fact]
    public async Task Load_EmptyFileAndHeaderAlone_AreLoadedWithoutRows()
    {
        await using var bench = await BenchAsync();

        var states = await bench.LoadAsync(bench.Write("a.csv", ""), bench.Write("b.csv", "id,v,note\n"));

        states.ShouldAllBe(s => s.Status == "loaded");
        await NothingShouldBeLeftAsync(bench);
    }

    [Fact]
    public async Task Load_TableChangesBetweenStageAndEnd_ReadsTheFileAnew()
    {
        await using var bench = await BenchAsync();
        await bench.ExecuteAsync(
            """
            CREATE FUNCTION change_it() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF (SELECT count(*) FROM ingest.batch) >= 9
                    AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'v' AND atttypid = 23) THEN
                    ALTER TABLE t ALTER v TYPE real;
                END IF;
                RETURN NULL;
            END $$;
            CREATE TRIGGER change_it AFTER INSERT ON ingest.batch FOR EACH STATEMENT EXECUTE FUNCTION change_it();
            """);

        var state = (await bench.LoadAsync(bench.Write("a.csv", Lines(1, 1000)))).Single();

        state.Status.ShouldBe("loaded", state.Reason);
        (await bench.RowsAsync("SELECT count(*), sum(v), pg_typeof(max(v))::text FROM t")).ShouldBe(["1000|1000|real"]);
        (await bench.ScalarAsync<long>("SELECT last_value FROM ingest.stage_number")).ShouldBe(2);
        await bench.CountsShouldAgreeAsync();
        await NothingShouldBeLeftAsync(bench);
    }

    [Fact]
    public async Task Load_ColumnOfTheStagesOwnName_IsRefusedInWords()
    {
        await using var bench = await BenchAsync(p => p.MaxAttempts = 1, "CREATE TABLE t (id int, ingest_line int)");

        var state = (await bench.LoadAsync(bench.Write("a.csv", "id,ingest_line\n1,2\n"))).Single();

        state.Status.ShouldBe("quarantined");
        state.Reason.ShouldNotBeNull().ShouldContain("has a column \"ingest_line\", a name that staging tables use themselves");
    }

    [Fact]
    public async Task Load_TwoFilesInParallelWithOneKey_LoadsEachKeyOnce()
    {
        await using var bench = await BenchAsync();

        var states = await bench.LoadAsync(bench.Write("a.csv", Lines(1, 2000)), bench.Write("b.csv", Lines(1001, 3000)));

        states.ShouldAllBe(s => s.Status == "loaded");
        (await bench.RowsAsync("SELECT count(*), count(DISTINCT id), max(id) FROM t")).ShouldBe(["3000|3000|3000"]);
        (await bench.RowsAsync("SELECT count(*), count(DISTINCT split_part(raw_record, ',', 1)) FROM corrupt_records")).ShouldBe(
            ["1000|1000"]);
        await bench.CountsShouldAgreeAsync();
        await NothingShouldBeLeftAsync(bench);
    }

    /// <summary>Timeouts of statements are for short ones: this one takes as long as the file is large.</summary>
    [Fact]
    public async Task Load_EndTakesLongerThanAStatementMay_IsWaitedFor()
    {
        await using var bench = await BenchAsync();
        await bench.ExecuteAsync(
            "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(2); RETURN NULL; END';"
            + "CREATE TRIGGER slow AFTER INSERT ON t FOR EACH STATEMENT EXECUTE FUNCTION slow();"
            + $"ALTER DATABASE {bench.Database.Name} SET statement_timeout = '1500ms'");
        await bench.StartNodeAsync(bench.Database.ConnectionString + ";Command Timeout=1");

        var state = (await bench.LoadAsync(bench.Write("a.csv", Lines(1, 1000)))).Single();

        state.Status.ShouldBe("loaded", state.Reason);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(1000);
    }
}
