using Npgsql;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Loading.Replay;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Loading.Replay;

public sealed class RejectReplayTests
{
    static readonly OperatorAct Ann = new("ann@here", "mended");

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rejects_go_into_the_mended_table_and_those_that_still_fail_stay_open_with_the_new_reason()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int PRIMARY KEY, n int CHECK (n < 100))");
        var path = bench.Write("a.csv", "n,id\n1,1\n500,2\n600,2\nx,4\n700,5\n");
        await bench.LoadAsync(path);
        File.Delete(path); // the header was kept
        await bench.ExecuteAsync(
            "ALTER TABLE t DROP CONSTRAINT t_n_check; ALTER TABLE t RENAME n TO m; ALTER TABLE t ADD n bigint");

        var result = await ReplayAsync(bench);

        result.ShouldBe(new RejectReplayResult(2, 2));
        (await bench.RowsAsync("SELECT id, m, n FROM t ORDER BY id")).ShouldBe(["1|1|NULL", "2|NULL|500", "5|NULL|700"]);
        (await bench.RowsAsync(
            "SELECT raw_record, status, reason, column_name, replayed_at IS NULL FROM corrupt_records ORDER BY id")).ShouldBe(
            ["500,2|replayed|constraint|NULL|False", "600,2|open|constraint|NULL|True", "x,4|open|bad_value|n|True",
                "700,5|replayed|constraint|NULL|False"]);
        (await bench.ScalarAsync<string>("SELECT detail FROM corrupt_records WHERE raw_record = '600,2'")).ShouldContain(
            "duplicate key");
        (await bench.ScalarAsync<string>("SELECT detail FROM corrupt_records WHERE raw_record = 'x,4'")).ShouldContain("bigint");
        (await bench.RowsAsync("SELECT pipeline, who, detail FROM ingest.history WHERE kind = 'operator.replay-rejects'"))
            .ShouldBe(["test|ann@here|2 rejects replayed, 2 still rejected (mended)"]);
        (await bench.RowsAsync("SELECT rows_loaded, rows_rejected FROM ingest.file")).ShouldBe(["1|4"],
            "what the file came to when it was loaded is history");
    }

    [Fact]
    public async Task Replays_at_once_bring_each_row_once()
    {
        await using var bench = await RuleBrokenAsync(1700);

        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ReplayAsync(bench)));

        results.Sum(r => r.Replayed).ShouldBe(1700);
        (await bench.RowsAsync("SELECT count(*), count(DISTINCT id) FROM t")).ShouldBe(["1700|1700"]);
        (await ReplayAsync(bench)).ShouldBe(default);
    }

    [Fact]
    public async Task Replay_whose_commits_are_not_answered_is_repeated_without_a_second_row()
    {
        await using var bench = await RuleBrokenAsync(1700);
        var server = new NpgsqlConnectionStringBuilder(bench.Database.ConnectionString);
        await using var proxy = new CuttingProxy(server.Port, cuts: 3, "operator.replay-rejects");
        (server.Port, server.SslMode) = (proxy.Port, SslMode.Disable);
        await using var cut = NpgsqlDataSource.Create(server);
        var broken = 0;
        for (var done = false; !done;)
        {
            try
            {
                await new RejectReplay(cut, TimeProvider.System).RunAsync(new RejectFilter(), [bench.Pipeline], Ann, Stop);
                done = true;
            }
            catch (NpgsqlException)
            {
                (++broken).ShouldBeLessThan(50);
            }
        }

        proxy.Cuts.ShouldBeGreaterThan(0, "no answer was lost, nothing is proved");
        (await bench.RowsAsync("SELECT count(*), count(DISTINCT id) FROM t")).ShouldBe(["1700|1700"]);
        (await bench.RowsAsync("SELECT status, count(*) FROM corrupt_records GROUP BY 1")).ShouldBe(["replayed|1700"]);
    }

    [Fact]
    public async Task Neighbours_with_open_quotes_do_not_become_one_record()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int, name text)");
        await bench.LoadAsync(bench.Write("a.csv", "id,name\nx,one\ny,two\n3,three\n"));
        await bench.ExecuteAsync("UPDATE corrupt_records SET raw_record = '1,\"open' WHERE raw_record = 'x,one'");
        // together they would be a good record
        await bench.ExecuteAsync("UPDATE corrupt_records SET raw_record = 'two\"' WHERE raw_record = 'y,two'");

        var result = await ReplayAsync(bench);

        result.ShouldBe(new RejectReplayResult(0, 2));
        (await bench.RowsAsync("SELECT id FROM t")).ShouldBe(["3"]);
        (await bench.RowsAsync("SELECT status, reason FROM corrupt_records ORDER BY id")).ShouldBe(
            ["open|broken_quote", "open|broken_quote"]);
    }

    [Fact]
    public async Task Record_that_a_person_has_mended_is_loaded()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int, name text)", p => p.Csv.Delimiter = null);
        await bench.LoadAsync(bench.Write("a.csv", "id;name\n1;one\n2;two;three\nfour;4\n"));
        await bench.ExecuteAsync("UPDATE corrupt_records SET raw_record = E'2;\"two;\\nthree\"' WHERE raw_record LIKE '2;%'");
        await bench.ExecuteAsync("UPDATE corrupt_records SET raw_record = E'4;four\\n5;five' WHERE raw_record LIKE 'four%'");

        var result = await ReplayAsync(bench);

        result.ShouldBe(new RejectReplayResult(1, 1));
        (await bench.RowsAsync("SELECT id, name FROM t ORDER BY id")).ShouldBe(["1|one", "2|two;\nthree"]);
        (await bench.ScalarAsync<string>("SELECT detail FROM corrupt_records WHERE status = 'open'")).ShouldContain(
            "this text has 2");
    }

    [Fact]
    public async Task Broken_record_of_many_lines_is_one_reject_and_becomes_one_row_when_it_is_mended()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int, name text, n int)");
        await bench.LoadAsync(bench.Write("a.csv",
            "id,name,n\n1,one,1\n2,\"the list:\n7,in,7\n8,in 5\" x,8\n9,in,9\nend\",2\n3,three,3\n4,four,4\n"));
        (await bench.RowsAsync("SELECT id FROM t ORDER BY id")).ShouldBe(["1", "3", "4"]);
        (await bench.RowsAsync("SELECT line, record_number, reason, detail FROM corrupt_records")).ShouldBe(
            ["3|2|broken_quote|a quote is misplaced or not closed; lines 3 to 7 were read as one record"]);

        (await ReplayAsync(bench)).ShouldBe(new RejectReplayResult(0, 1));
        (await bench.RowsAsync("SELECT id FROM t ORDER BY id")).ShouldBe(["1", "3", "4"], "the lines inside it are no rows");
        (await bench.RowsAsync("SELECT status, reason, detail FROM corrupt_records")).ShouldBe(
            ["open|broken_quote|a quote is misplaced or not closed"]);

        await bench.ExecuteAsync("UPDATE corrupt_records SET raw_record = replace(raw_record, '5\" x', '5\"\" x')");
        (await ReplayAsync(bench)).ShouldBe(new RejectReplayResult(1, 0));
        (await bench.RowsAsync("SELECT id, name FROM t WHERE n = 2")).ShouldBe(
            ["2|the list:\n7,in,7\n8,in 5\" x,8\n9,in,9\nend"]);
    }

    [Fact]
    public async Task Values_that_only_the_server_can_judge_and_tables_without_encoders_are_replayed_too()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int, d date, p point)",
            p => p.Rules = [new RequiredRule { Column = "p" }]);
        await bench.LoadAsync(bench.Write("a.csv", "id,d,p\n1,January 8 1999,\n2,2020-01-01,\"(1,2)\"\n"));
        bench.Pipeline.Rules = [];

        (await ReplayAsync(bench)).ShouldBe(new RejectReplayResult(1, 0));

        (await bench.RowsAsync("SELECT id, d::text, p::text FROM t ORDER BY id")).ShouldBe(
            ["1|1999-01-08|NULL", "2|2020-01-01|(1,2)"]);
    }

    [Fact]
    public async Task Only_what_the_filter_names_is_replayed_and_the_ledger_knows_the_pipeline()
    {
        await using var bench = await RuleBrokenAsync(3);
        var first = await bench.ScalarAsync<long>("SELECT min(id) FROM corrupt_records");

        var none = await new RejectReplay(bench.Database.DataSource,
            TimeProvider.System).RunAsync(new RejectFilter { Ids = [first] }, [], Ann, Stop);
        await bench.StartNodeAsync(); // notes the pipeline as it is now
        var one = await new RejectReplay(bench.Database.DataSource,
            TimeProvider.System).RunAsync(new RejectFilter { Ids = [first] }, [], Ann, Stop);

        none.ShouldBe(new RejectReplayResult(0, 1), "the ledger still had the old rules");
        one.ShouldBe(new RejectReplayResult(1, 0));
        (await bench.RowsAsync("SELECT status FROM corrupt_records ORDER BY id")).ShouldBe(["replayed", "open", "open"]);
    }

    [Fact]
    public async Task Record_of_which_only_the_beginning_was_kept_is_never_loaded_as_if_it_were_whole()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int, name text)",
            p => p.Csv.MaxRecordBytes = 1024);
        await bench.LoadAsync(bench.Write("a.csv", $"id,name\n1,{new string('x', 5000)}\n2,two\n"));
        bench.Pipeline.Csv.MaxRecordBytes = 1 << 20;

        (await ReplayAsync(bench)).ShouldBe(new RejectReplayResult(0, 1));

        (await bench.RowsAsync("SELECT id FROM t")).ShouldBe(["2"]);
        (await bench.RowsAsync("SELECT status, reason FROM corrupt_records")).ShouldBe(["open|record_too_long"]);
    }

    /// <summary>A pipeline that has rejected so many records for a rule that it has no more.</summary>
    static async Task<LoadBench> RuleBrokenAsync(int records)
    {
        var bench = await LoadBench.CreateAsync(
            "CREATE TABLE t (id int NOT NULL, name text)",
            p => p.Rules = [new OneOfRule { Column = "name", Values = ["nobody"] }]);
        await bench.LoadAsync(bench.Write("a.csv",
            "id,name\n" + string.Concat(Enumerable.Range(1, records).Select(i => $"{i},name {i}\n"))));
        (await bench.ScalarAsync<long>("SELECT count(*) FROM corrupt_records")).ShouldBe(records);
        bench.Pipeline.Rules = [];
        return bench;
    }

    static Task<RejectReplayResult> ReplayAsync(LoadBench bench) =>
        new RejectReplay(bench.Database.DataSource, TimeProvider.System).RunAsync(new RejectFilter(), [bench.Pipeline],
            Ann, Stop);
}
