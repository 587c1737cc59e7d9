using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Loading.Replay;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Postgres.Tests.Loading;

/// <summary>CSV with options, from the file to the table, the rejects and their replay.</summary>
public sealed class CsvLoadTests
{
    static readonly OperatorAct Ann = new("ann", "test");

    /// <summary>Values that only the server can judge are shown to it as it reads them, and rejects name the value of the
    /// file.</summary>
    [Fact]
    public async Task Values_written_in_other_ways_are_stored_as_their_canonical_text()
    {
        await using var bench = await LoadBench.CreateAsync(
            "CREATE TABLE t (id int, price numeric(8,2), born date, ok boolean, p point)", p => p.Csv = new CsvOptions
            {
                Delimiter = ";",
                Decimal = ',',
                Thousands = '.',
                DateOrder = DatePartOrder.Dmy,
                TrueValues = ["ja"],
                FalseValues = ["nein"],
            });
        await bench.LoadAsync(bench.Write("a.csv",
            "id;price;born;ok;p\n1;1.234,5;01/02/2003;ja;(1,2)\n2;2,5;1 Feb "
                + "2003;NEIN;\n3;1.5;01.02.2003;ja;\n4;1;99.99.2003;ja;\n5;1;1.2.3;maybe;\n"));

        (await bench.RowsAsync("SELECT id, price::text, born::text, ok::text, p::text FROM t ORDER BY id")).ShouldBe(
            ["1|1234.50|2003-02-01|true|(1,2)", "2|2.50|2003-02-01|false|NULL"]);
        (await bench.RowsAsync("SELECT line, column_name, detail FROM corrupt_records ORDER BY line")).ShouldBe(
            [
                "4|price|\"1.5\" is not a number in the configured format: the decimal separator is ',', '.' between groups of "
                    + "three digits",
                "5|born|date/time field value out of range: \"2003-99-99\", in the file: \"99.99.2003\"",
                "6|ok|invalid input syntax for type boolean: \"maybe\"",
            ]);
    }

    [Fact]
    public async Task Binary_rows_with_values_for_the_server_are_the_same()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int, born date)",
            p => p.Csv = new CsvOptions { Delimiter = ";", DateOrder = DatePartOrder.Dmy });
        await bench.LoadAsync(bench.Write("a.csv", "id;born\n1;1 Feb 2003\n2;03.02.2003 BC\n3;31 Feb 2003\n"));

        (await bench.RowsAsync("SELECT id, born::text FROM t ORDER BY id")).ShouldBe(["1|2003-02-01", "2|2003-02-03 BC"]);
        (await bench.RowsAsync("SELECT line, column_name FROM corrupt_records")).ShouldBe(["4|born"]);
    }

    /// <summary>With the columns as they are now, detection would take line 2 for the header.</summary>
    [Fact]
    public async Task File_of_which_a_part_is_loaded_is_read_as_it_was_found_to_be_then()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (x text, y text)", p =>
        {
            p.BatchRecords = 1;
            p.Csv = new CsvOptions { Delimiter = null };
        });
        var path = bench.Write("a.csv", "x;y\nv;w\na;b\nc;d\n");
        await bench.LoadAsync(path);
        await bench.ExecuteAsync(
            """
            DELETE FROM ingest.batch WHERE start_offset = (SELECT max(start_offset) FROM ingest.batch);
            DELETE FROM t WHERE x = 'c';
            UPDATE ingest.file SET status = 'ready', sha256 = NULL, finished_at = NULL, owner_node = NULL;
            ALTER TABLE t RENAME x TO v; ALTER TABLE t RENAME y TO w;
            """);

        var again = await bench.LoadAsync(path);

        again.Single().Status.ShouldBe("quarantined");
        again.Single().Reason!.ShouldContain("x, y");
        await bench.ExecuteAsync(
            "ALTER TABLE t RENAME v TO x; ALTER TABLE t RENAME w TO y; UPDATE ingest.file SET status = 'ready', "
                + "finished_at = NULL");

        (await bench.LoadAsync(path)).Single().Status.ShouldBe("loaded");

        (await bench.RowsAsync("SELECT x, y FROM t ORDER BY x")).ShouldBe(["a|b", "c|d", "v|w"]);
        (await bench.RowsAsync("SELECT layout -> 'findings' ->> 0 FROM ingest.file")).ShouldBe(["the delimiter is ';'"]);
    }

    /// <summary>Batches of a few records: the footer, the second header and the lines before the first are skipped wherever a
    /// batch starts.</summary>
    [Fact]
    public async Task Skipped_lines_are_counted_and_the_batches_cover_the_file()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int, name text)", p =>
        {
            p.BatchRecords = 2;
            p.Csv = new CsvOptions
            {
                SkipLines = 1,
                Comment = "#",
                SkipFooterLines = 2,
                RepeatedHeader = RepeatedHeaderPolicy.Skip,
                Trim = true
            };
        });
        var text = "a report\nid , name\n1 , a\n# x\n2,b\nid,name\n3,c\n\n4,d\nTotal,4\nend\n";
        var states = await bench.LoadAsync(bench.Write("a.csv", text));

        states[0].Status.ShouldBe("loaded", states[0].Reason);
        (await bench.RowsAsync("SELECT id, name FROM t ORDER BY id")).ShouldBe(["1|a", "2|b", "3|c", "4|d"]);
        (await bench.RowsAsync("SELECT rows_loaded, rows_rejected, rows_skipped, bytes_read FROM ingest.file")).ShouldBe(
            [$"4|0|5|{text.Length}"]);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM ingest.batch")).ShouldBeGreaterThan(3);
    }

    [Fact]
    public async Task Reject_is_replayed_in_the_dialect_of_its_file()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int, name text)", p =>
            p.Csv = new CsvOptions
            {
                Delimiter = "||",
                Quote = '\'',
                Escape = '\\',
                NullValues = ["-"],
                SkipFooterLines = 1,
                RepeatedHeader = RepeatedHeaderPolicy.Stop
            });
        await bench.LoadAsync(bench.Write("a.csv", "id||name\nx||'it\\'s'\ny||-\n3||c\nTotal\n"));
        await bench.ExecuteAsync(
            "UPDATE corrupt_records SET raw_record = replace(replace(raw_record, 'x||', '1||'), 'y||', '2||')");

        var result = await new RejectReplay(bench.Database.DataSource, TimeProvider.System)
            .RunAsync(new RejectFilter(), [bench.Pipeline], Ann, TestContext.Current.CancellationToken);

        result.ShouldBe(new RejectReplayResult(2, 0));
        (await bench.RowsAsync("SELECT id, name FROM t ORDER BY id")).ShouldBe(["1|it's", "2|NULL", "3|c"]);
    }
}
