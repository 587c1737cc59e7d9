using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Postgres.Tests.Ledger;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Loading;

public sealed class OneShotLoadTests
{
    const string Table = "CREATE TABLE t (id int NOT NULL, name text, at timestamptz)";

    /// <summary>1,000 records: each 250th has the key of the first, each 400th breaks the check.</summary>
    static readonly string RowsTheServerRefuses =
        "id,n\n" + string.Concat(Enumerable.Range(1, 1000).Select(i => $"{(i % 250 == 0 ? 1 : i)},{(i % 400 == 0 ? 100 : 5)}\n"));

    [Fact]
    public async Task Good_file_loads_each_record_once_and_accounts_for_every_byte()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var path = bench.Write("a.csv",
            "id,name,at\n1,one,2024-01-01 00:00:00+00\n\n2,\"two, \"\"quoted\"\"\",\n3,,2024-01-01T00:00:00Z\n");

        var states = await bench.LoadAsync(path);

        states.Single().Status.ShouldBe("loaded", states.Single().Reason);
        (await bench.RowsAsync("SELECT id, name FROM t ORDER BY id")).ShouldBe(["1|one", "2|two, \"quoted\"", "3|NULL"]);
        (await bench.RowsAsync(
            "SELECT records_read, rows_loaded, rows_rejected, rows_skipped, bytes_read = size, sha256 = "
                + "sha256(pg_read_binary_file(path)) FROM ingest.file"))
            .ShouldBe(["4|3|0|1|True|True"]);
    }

    /// <summary>The first answer, the second, and so on, until there is none left to lose.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_that_is_lost_in_mid_load_ends_nothing_and_repeats_nothing(bool again)
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => (p.BatchRecords, p.Lanes) = (10, 1));
        var server = new NpgsqlConnectionStringBuilder(bench.Database.ConnectionString) { SslMode = SslMode.Disable };
        await using var proxy = new CuttingProxy(server.Port, cuts: 0);
        server.Port = proxy.Port;
        var node = await bench.StartNodeAsync(server.ConnectionString);
        var (files, rows) = (0, 0);
        do
        {
            var from = 1000 * ++files;
            var path = bench.Write($"{files}.csv", "id,name,at\n" + string.Concat(
                Enumerable.Range(from, 25).Select(id => $"{id},name,\n")));
            if (again) await bench.LoadOnAsync(node, [path]);
            proxy.LoseAnswer(files);
            await using var workers = new TaskFileWorkers(node, NullLoggerFactory.Instance);
            var load = new OneShotLoad(node, bench.Pipeline.Name, workers)
            { Again = again ? new OperatorAct("ann", "load --again") : null };

            var states = await load.RunAsync([LoadBench.Stat(path)], null, TestContext.Current.CancellationToken);

            states.Single().Status.ShouldBe("loaded", $"without answer {files}: {states[0].Reason}");
            states.Single().WasHandled.ShouldBeTrue($"without answer {files}");
            rows += again ? 50 : 25;
            (await bench.RowsAsync($"SELECT count(*), count(DISTINCT id) FILTER (WHERE id >= {from}) FROM t")).ShouldBe(
                [$"{rows}|25"], $"without answer {files}");
        }
        while (proxy.Cuts == files);

        files.ShouldBeGreaterThan(8, "hardly any answer was lost: nothing is proved");
        await bench.CountsShouldAgreeAsync();
    }

    /// <summary>A running silo may claim it first; a trigger claims it in the moment of the retry.</summary>
    [Fact]
    public async Task Quarantined_file_that_another_program_claims_after_the_retry_is_left_to_it()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var path = bench.Write("a.csv", "id,name,at\n1,one,\n");
        await bench.ExecuteAsync("ALTER TABLE t RENAME COLUMN id TO other");
        (await bench.LoadAsync(path)).Single().Status.ShouldBe("quarantined");
        await bench.ExecuteAsync("ALTER TABLE t RENAME COLUMN other TO id");
        var (node, silo) = (bench.Node!, await bench.StartNodeAsync());
        await bench.ExecuteAsync(
            $"""
            CREATE FUNCTION claim() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                NEW.status := 'loading'; NEW.owner_node := '{silo.Id}'; NEW.epoch := OLD.epoch + 1; RETURN NEW; END $$;
            CREATE TRIGGER claim BEFORE UPDATE ON ingest.file FOR EACH ROW
                WHEN (OLD.status = 'quarantined' AND NEW.status = 'ready') EXECUTE FUNCTION claim();
            """);
        await using var workers = new TaskFileWorkers(node, NullLoggerFactory.Instance);

        var states = await new OneShotLoad(node, bench.Pipeline.Name, workers)
        {
            Retry = new OperatorAct("ann", "load"),
            Patience = TimeSpan.FromMilliseconds(300),
        }.RunAsync([LoadBench.Stat(path)], null, TestContext.Current.CancellationToken);

        (states.Single().Status, states.Single().WasHandled).ShouldBe(("loading", false));
        (await bench.RowsAsync("SELECT count(*) FROM t")).ShouldBe(["0"]);
        (await bench.RowsAsync("SELECT who FROM ingest.history WHERE kind = 'operator.retry'")).ShouldBe(["ann"]);
    }

    [Fact]
    public async Task Same_file_again_is_nothing_to_do()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var path = bench.Write("a.csv", "id,name,at\n1,one,\n");
        await bench.LoadAsync(path);

        var again = await bench.LoadAsync(path);

        again.Single().WasHandled.ShouldBeFalse();
        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(1);
    }

    [Fact]
    public async Task Bad_records_go_to_corrupt_records_with_their_place_and_the_others_load()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        byte[] content =
        [
            .. "id,name,at\n1,one,\nx,two,\n3,three\n4,\"fo\"ur,\n5,\"open\n6,six,\n"u8,
            .. "7,s"u8, 0xFF, .. "even,\n8,ei"u8, 0,
            .. "ght,\n,nine,\n10,ten,yesterday-ish\n11,eleven,2024-02-30\n12,twelve,\n"u8,
        ];
        var path = bench.Write("a.csv", content);

        var states = await bench.LoadAsync(path);

        states.Single().Status.ShouldBe("loaded", states.Single().Reason);
        (await bench.RowsAsync("SELECT id FROM t ORDER BY id")).ShouldBe(["1", "6", "12"]);
        (await bench.RowsAsync("SELECT line, record_number, reason, column_name FROM corrupt_records ORDER BY line")).ShouldBe(
        [
            "3|2|bad_value|id", "4|3|field_count|NULL", "5|4|broken_quote|NULL", "6|5|broken_quote|NULL", "8|7|invalid_utf8|NULL",
            "9|8|nul_byte|NULL", "10|9|missing_value|id", "11|10|bad_value|at", "12|11|bad_value|at",
        ]);
        (await bench.ScalarAsync<bool>(
            "SELECT bool_and(substr(pg_read_binary_file(file), byte_offset::int + 1, length(raw)) = raw) FROM (SELECT file, "
                + "byte_offset, coalesce(raw_bytes, convert_to(raw_record, 'UTF8')) AS raw FROM corrupt_records) r"))
            .ShouldBeTrue();
        (await bench.RowsAsync("SELECT records_read, rows_loaded, rows_rejected, rows_skipped FROM ingest.file")).ShouldBe(
            ["12|3|9|0"]);
    }

    /// <summary>One lane: of two records with the same key in two batches the one that commits first is loaded, and
    /// lanes commit in any order.</summary>
    [Fact]
    public async Task Rows_that_only_the_server_refuses_are_isolated()
    {
        await using var bench = await LoadBench.CreateAsync(
            "CREATE TABLE t (id int PRIMARY KEY, n int CHECK (n < 100))", p => (p.BatchRecords, p.Lanes) = (300, 1));
        var path = bench.Write("a.csv", RowsTheServerRefuses);

        var states = await bench.LoadAsync(path);

        states.Single().Status.ShouldBe("loaded", states.Single().Reason);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(994);
        (await bench.RowsAsync("SELECT record_number, reason, raw_record FROM corrupt_records ORDER BY line"))
            .ShouldBe(["250|constraint|1,5", "400|constraint|400,100", "500|constraint|1,5", "750|constraint|1,5",
                "800|constraint|800,100", "1000|constraint|1,5"]);
    }

    [Fact]
    public async Task Of_records_with_one_key_that_several_lanes_have_exactly_one_is_loaded()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int PRIMARY KEY, n int CHECK (n < 100))",
            p => (p.BatchRecords, p.Lanes) = (100, 4));
        var path = bench.Write("a.csv", RowsTheServerRefuses);

        var states = await bench.LoadAsync(path);

        states.Single().Status.ShouldBe("loaded", states.Single().Reason);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(994);
        var rejected = await bench.RowsAsync(
            "SELECT record_number FROM corrupt_records WHERE reason = 'constraint' ORDER BY line");
        rejected.Length.ShouldBe(6);
        rejected.ShouldBeSubsetOf(["1", "250", "400", "500", "750", "800", "1000"]);
        rejected.ShouldContain("400");
        rejected.ShouldContain("800");
    }

    [Fact]
    public async Task Values_that_only_the_server_can_judge_are_judged_by_it()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int, d date)");
        var path = bench.Write("a.csv", "id,d\n1,January 8 1999\n2,epoch\n3,Foo 8 1999\n4,2020-01-01\n");

        await bench.LoadAsync(path);

        (await bench.RowsAsync("SELECT id, d::text FROM t ORDER BY id")).ShouldBe(
            ["1|1999-01-08", "2|1970-01-01", "4|2020-01-01"]);
        (await bench.RowsAsync("SELECT record_number, column_name, reason FROM corrupt_records")).ShouldBe(["3|d|bad_value"]);
    }

    [Fact]
    public async Task Value_that_the_server_makes_much_longer_does_not_spoil_its_row()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id bigint, name text, j jsonb)");
        var path = bench.Write("a.csv",
            "id,name,j\n" + string.Concat(Enumerable.Range(1, 2000).Select(i => $"{i},n{i},{(i % 3 == 0 ? "1e9999" : "1")}\n")));

        var states = await bench.LoadAsync(path);

        states.Single().Status.ShouldBe("loaded", states.Single().Reason);
        (await bench.RowsAsync(
            "SELECT count(*), sum(id), bool_and(name = 'n' || id), count(*) FILTER (WHERE length(j::text) = "
                + "10000) FROM t")).ShouldBe(["2000|2001000|True|666"]);
    }

    [Fact]
    public async Task Table_with_a_type_without_encoder_is_loaded_by_text_copy()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int, p point, tags text[], note text)");
        var path = bench.Write("a.csv",
            "id,p,tags,note\n1,\"(1,2)\",\"{a,b}\",\"tab\there\nline \\ back\"\n2,nonsense,{},x\nz,,,\n4,,,\"\"\n");

        await bench.LoadAsync(path);

        (await bench.RowsAsync("SELECT id, p::text, tags::text, note FROM t ORDER BY id")).ShouldBe(
            ["1|(1,2)|{a,b}|tab\there\nline \\ back", "4|NULL|NULL|"]);
        (await bench.RowsAsync("SELECT record_number, reason FROM corrupt_records ORDER BY 1")).ShouldBe(
            ["2|bad_value", "3|bad_value"]);
    }

    [Fact]
    public async Task Rules_hold_for_values_that_only_the_server_can_judge_in_either_format()
    {
        foreach (var more in new[] { "", ", p point" })
        {
            await using var bench = await LoadBench.CreateAsync(
                $"CREATE TABLE t (note text, at timestamptz{more})",
                p => p.Rules = [new TimeRangeRule { Column = "at",
                    NotBefore = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero) }]);
            var path = bench.Write("a.csv",
                "note,at\n\"\",\"January 8, 2024 04:05:06 PST\"\nlong ago,\"January 8, 1999 04:05:06 PST\"\nnever,\"January 32, "
                    + "2024 04:05\"\nplain,2024-01-08\n");

            await bench.LoadAsync(path);

            (await bench.RowsAsync("SELECT note, extract(epoch FROM at)::bigint FROM t ORDER BY at")).ShouldBe(
                ["plain|1704672000", "|1704715506"], more);
            (await bench.RowsAsync("SELECT record_number, reason, column_name FROM corrupt_records ORDER BY 1")).ShouldBe(
                ["2|rule|at", "3|bad_value|at"], more);
        }
    }

    [Fact]
    public async Task Large_file_in_many_batches_over_two_lanes_is_whole()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.BatchRecords = 100);
        var path = bench.Write("a.csv",
            "id,name,at\r\n" + string.Concat(Enumerable.Range(1, 10_000).Select(i => $"{i},\"line\n{i}\",\r\n")));

        var states = await bench.LoadAsync(path);

        states.Single().Status.ShouldBe("loaded", states.Single().Reason);
        (await bench.RowsAsync("SELECT count(*), count(DISTINCT id), sum(id) FROM t")).ShouldBe(["10000|10000|50005000"]);
        (await bench.RowsAsync("SELECT count(*), sum(records), max(first_line + lines) FROM ingest.batch")).ShouldBe(
            ["100|10000|20001"]);
    }

    [Fact]
    public async Task File_that_another_program_has_is_loaded_when_that_one_lets_go_of_it()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var path = bench.Write("a.csv", "id,name,at\n1,one,\n");
        await bench.StartNodeAsync();
        var other = await OtherThatHasAsync(bench, path);

        var loading = bench.LoadAsync(path);
        await Task.WhenAny(loading, Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System,
            TestContext.Current.CancellationToken));
        loading.IsCompleted.ShouldBeFalse("it gave up at once");
        await bench.EndNodeAsync(other);

        var state = (await loading).Single();
        (state.Status, state.WasHandled).ShouldBe(("loaded", true));
        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(1);
    }

    [Fact]
    public async Task File_that_another_program_keeps_is_left_to_it_and_the_others_are_loaded()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var (kept, free) = (bench.Write("a.csv", "id,name,at\n1,one,\n"), bench.Write("b.csv", "id,name,at\n2,two,\n"));
        await bench.StartNodeAsync();
        await OtherThatHasAsync(bench, kept);

        var states = await bench.LoadAsync(TimeSpan.FromMilliseconds(300), kept, free);

        states.Select(s => (s.Status, s.WasHandled)).ShouldBe([("loading", false), ("loaded", true)]);
        (await bench.RowsAsync("SELECT id FROM t")).ShouldBe(["2"]);
    }

    static async Task<IngestNode> OtherThatHasAsync(LoadBench bench, string path)
    {
        var other = await bench.StartNodeAsync();
        await other.Files.NoteFilesAsync("test", [LoadBench.Stat(path)], "ready", null, TestContext.Current.CancellationToken);
        (await other.Files.ClaimAsync("test", other.Id, 1, null, TestContext.Current.CancellationToken)).Count.ShouldBe(1);
        return other;
    }
}
