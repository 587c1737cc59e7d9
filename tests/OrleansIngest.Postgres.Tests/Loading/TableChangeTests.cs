using OrleansIngest.Postgres.Tests.Ledger;

namespace OrleansIngest.Postgres.Tests.Loading;

/// <summary>What is committed was encoded for the table as it is in that transaction, whatever happens to
/// the table while a node runs.</summary>
public sealed class TableChangeTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Column_types_changed_between_two_files_store_the_same_values()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int, v int, w bigint, at timestamp)");
        await bench.ExecuteAsync($"ALTER DATABASE {bench.Database.Name} SET timezone = 'America/New_York'");
        await bench.LoadAsync(bench.Write("a.csv", "id,v,w,at\n1,7,7,2024-07-01 12:00:00\n"));
        await bench.ExecuteAsync(
            "ALTER TABLE t ALTER v TYPE real, ALTER w TYPE double precision, ALTER at TYPE timestamptz USING at AT TIME ZONE "
                + "'America/New_York'");

        var states = await bench.LoadAsync(bench.Write("b.csv", "id,v,w,at\n2,7,7,2024-07-01 12:00:00\n"));

        states.Single().Status.ShouldBe("loaded", states.Single().Reason);
        (await bench.RowsAsync("SELECT id, v::text, w::text, at = '2024-07-01 16:00:00Z' FROM t ORDER BY id")).ShouldBe(
            ["1|7|7|True", "2|7|7|True"]);
    }

    [Fact]
    public async Task Table_made_anew_between_two_files_is_loaded_as_it_is_now()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int, name text)");
        await bench.LoadAsync(bench.Write("a.csv", "id,name\n1,a\n"));
        await bench.ExecuteAsync("DROP TABLE t; CREATE TABLE t (name varchar(20), extra int DEFAULT 5, id bigint NOT NULL)");
        var second = await bench.LoadAsync(bench.Write("b.csv", "id,name\n2,b\n"));
        await bench.ExecuteAsync("CREATE TYPE mood AS ENUM ('sad', 'ok'); ALTER TABLE t ADD COLUMN mood mood");
        var third = await bench.LoadAsync(bench.Write("c.csv", "id,name,mood\n3,c,ok\n"));

        new[] { second, third }.ShouldAllBe(states => states.Single().Status == "loaded");
        (await bench.RowsAsync("SELECT id, name, extra, mood::text FROM t ORDER BY id")).ShouldBe(["2|b|5|NULL", "3|c|5|ok"]);
    }

    [Fact]
    public async Task Columns_that_swap_their_names_get_the_values_of_their_names()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int, v int, w int)");
        await bench.LoadAsync(bench.Write("a.csv", "id,v,w\n1,10,20\n"));
        await bench.ExecuteAsync("ALTER TABLE t RENAME v TO x; ALTER TABLE t RENAME w TO v; ALTER TABLE t RENAME x TO w");

        await bench.LoadAsync(bench.Write("b.csv", "id,v,w\n2,10,20\n"));

        (await bench.RowsAsync("SELECT v, w FROM t WHERE id = 2")).ShouldBe(["10|20"]);
    }

    [Fact]
    public async Task Table_found_earlier_in_the_search_path_is_the_one_that_is_loaded()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int); CREATE SCHEMA first", p => p.Table = "t");
        await bench.ExecuteAsync($"ALTER DATABASE {bench.Database.Name} SET search_path = first, public");
        await bench.LoadAsync(bench.Write("a.csv", "id\n1\n"));
        await bench.ExecuteAsync("CREATE TABLE first.t (id bigint)");

        await bench.LoadAsync(bench.Write("b.csv", "id\n2\n"));

        (await bench.RowsAsync("SELECT id FROM public.t")).ShouldBe(["1"]);
        (await bench.RowsAsync("SELECT id FROM first.t")).ShouldBe(["2"]);
    }

    [Fact]
    public async Task View_in_the_place_of_the_table_fails_the_file_and_names_the_view()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int)", p => p.MaxAttempts = 1);
        await bench.LoadAsync(bench.Write("a.csv", "id\n1\n"));
        await bench.ExecuteAsync("ALTER TABLE t RENAME TO t_base; CREATE VIEW t AS SELECT * FROM t_base");

        var states = await bench.LoadAsync(bench.Write("b.csv", "id\n2\n"));

        states.Single().Status.ShouldBe("quarantined");
        states.Single().Reason!.ShouldContain("it is a view");
        (await bench.RowsAsync("SELECT id FROM t")).ShouldBe(["1"]);
    }

    [Fact]
    public async Task Column_that_a_later_batch_needs_quarantines_the_file_and_says_what_is_in_the_table()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int)");
        await bench.LoadAsync(bench.Write("a.csv", "id\n1\n"));
        await bench.ExecuteAsync("DELETE FROM t; ALTER TABLE t ADD COLUMN must text NOT NULL");

        var states = await bench.LoadAsync(bench.Write("b.csv", "id\n2\n"));

        states.Single().Status.ShouldBe("quarantined");
        states.Single().Reason!.ShouldContain("required column must");
        (await bench.RowsAsync("SELECT count(*) FROM corrupt_records")).ShouldBe(["0"]);
    }

    /// <summary>A lane that lost its session gets one with the new setting, while the plan was made under the old one.</summary>
    [Fact]
    public async Task Time_zone_changed_for_new_sessions_shifts_no_value_in_silence()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int, at timestamptz)", p => p.Lanes = 1);
        await bench.ExecuteAsync($"ALTER DATABASE {bench.Database.Name} SET timezone = 'UTC'");
        await bench.LoadAsync(bench.Write("a.csv", "id,at\n1,2024-07-01 12:00:00\n"));
        await bench.ExecuteAsync($"ALTER DATABASE {bench.Database.Name} SET timezone = 'Asia/Kolkata'");
        await bench.ExecuteAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'ingest/%/lane' AND datname = "
                + "current_database()");

        var states = await bench.LoadAsync(bench.Write("b.csv", "id,at\n2,2024-07-01 12:00:00\n"));

        states.Single().Status.ShouldBe("loaded", states.Single().Reason);
        (await bench.RowsAsync("SELECT at = '2024-07-01 12:00:00+05:30' FROM t WHERE id = 2")).ShouldBe(["True"]);
    }

    [Fact]
    public async Task Partition_attached_with_a_trigger_that_discards_rows_is_counted_from_then_on()
    {
        await using var bench = await LoadBench.CreateAsync(
            """
            CREATE TABLE t (id int, day int) PARTITION BY LIST (day); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1);
            CREATE TABLE t_2 (day int, id int); -- columns in another order
            CREATE FUNCTION discard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF NEW.id % 2 = 0 THEN RETURN NULL; END IF; RETURN NEW; END $$;
            CREATE TRIGGER g BEFORE INSERT ON t_2 FOR EACH ROW EXECUTE FUNCTION discard();
            """);
        await bench.LoadAsync(bench.Write("a.csv", "id,day\n1,1\n2,1\n"));
        await bench.ExecuteAsync("ALTER TABLE t ATTACH PARTITION t_2 FOR VALUES IN (2)");

        await bench.LoadAsync(bench.Write("b.csv", "id,day\n3,1\n4,2\n5,2\n"));

        (await bench.RowsAsync("SELECT id, day FROM t ORDER BY id")).ShouldBe(["1|1", "2|1", "3|1", "5|2"]);
        (await bench.RowsAsync("SELECT rows_loaded, rows_suppressed FROM ingest.file ORDER BY path")).ShouldBe(["2|0", "2|1"]);
    }

    [Fact]
    public async Task Domain_that_permits_NULL_from_now_on_is_heeded()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE DOMAIN d AS int NOT NULL; CREATE TABLE t (id int, v d)");
        await bench.LoadAsync(bench.Write("a.csv", "id,v\n1,\n"));
        await bench.ExecuteAsync("ALTER DOMAIN d DROP NOT NULL");

        await bench.LoadAsync(bench.Write("b.csv", "id,v\n2,\n"));

        (await bench.RowsAsync("SELECT id, v FROM t")).ShouldBe(["2|NULL"]);
        (await bench.RowsAsync("SELECT count(*) FROM corrupt_records")).ShouldBe(["1"]);
    }

    [Fact]
    public async Task Label_added_to_or_renamed_in_an_enum_is_heeded()
    {
        await using var bench = await LoadBench.CreateAsync(
            "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (id int, v mood)");
        await bench.LoadAsync(bench.Write("a.csv", "id,v\n1,sad\n"));
        await bench.ExecuteAsync("ALTER TYPE mood ADD VALUE 'happy'; ALTER TYPE mood RENAME VALUE 'ok' TO 'fine'");

        await bench.LoadAsync(bench.Write("b.csv", "id,v\n2,happy\n3,ok\n4,fine\n"));

        (await bench.RowsAsync("SELECT id, v::text FROM t ORDER BY id")).ShouldBe(["1|sad", "2|happy", "4|fine"]);
        (await bench.RowsAsync("SELECT line FROM corrupt_records")).ShouldBe(["3"]);
    }

    [Fact]
    public async Task Reject_is_replayed_into_the_table_as_it_is_now()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int, v int)");
        await bench.LoadAsync(bench.Write("a.csv", "id,v\n1,x\n"));
        await bench.ExecuteAsync("ALTER TABLE t ALTER v TYPE text");

        await new OrleansIngest.Engine.Loading.Replay.RejectReplay(bench.Database.DataSource, TimeProvider.System)
            .RunAsync(new OrleansIngest.Engine.Ledger.Views.RejectFilter(), [bench.Pipeline],
                new OrleansIngest.Engine.Ledger.Operators.OperatorAct("test", null), Stop);

        (await bench.RowsAsync("SELECT id, v FROM t")).ShouldBe(["1|x"]);
    }

    /// <summary>500 loads of four batches over two lanes, each with a change of the table at a random moment. Tables are moved
    /// aside, never dropped, so that every row can be found: each record is in one table or rejected, once, and its values are
    /// those of the file.</summary>
    [Fact]
    public async Task Changes_of_the_table_at_random_moments_leave_every_record_once_and_every_value_right()
    {
        const int Rounds = 500, Records = 40;
        var seed = Environment.GetEnvironmentVariable("INGEST_TEST_SEED") is { Length: > 0 } given ? int.Parse(given) : 20261125;
        var random = new Random(seed);
        await using var bench = await LoadBench.CreateAsync(
            "CREATE DOMAIN amount AS numeric; CREATE TABLE t (id int, v int, w bigint, at timestamp)",
            p => (p.BatchRecords, p.Lanes) = (10, 2));
        await bench.ExecuteAsync($"ALTER DATABASE {bench.Database.Name} SET timezone = 'America/New_York'");
        bench.Database.DataSource.Clear(); // the sessions of the test have the zone, too
        var aside = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var text = "id,v,w,at\n" + string.Concat(Enumerable.Range(round * Records + 1, Records)
                .Select(id => $"{id},{id * 7},{id * 13},2024-07-01 12:00:{id % 60:00}\n"));
            var loading = bench.LoadAsync(bench.Write($"{round}.csv", text));
            for (var pause = random.Next(12); pause > 0; pause--) await Task.Yield();
            if (random.Next(2) == 0) await Task.Delay(TimeSpan.FromMilliseconds(random.Next(6)), TimeProvider.System, Stop);
            await bench.ExecuteAsync(Change(random, ref aside));
            var state = (await loading).Single();
            state.Status.ShouldBe("loaded", $"seed {seed}, round {round}: {state.Reason}");
        }

        // Only what changes nothing for the file's columns leaves the plan in force.
        (await bench.RowsAsync(
            "SELECT sum(rows_loaded) + sum(rows_rejected), bool_and(bytes_read = size AND records_read = rows_loaded + "
                + "rows_rejected) FROM ingest.file"))
            .ShouldBe([$"{Rounds * Records}|True"]);
        var tables = await bench.RowsAsync(
            "SELECT relname FROM pg_class WHERE relname ~ '^t(_[0-9]+)?$' AND relkind = 'r' AND relnamespace = "
                + "'public'::regnamespace");
        var all = string.Join(" UNION ALL ",
            tables.Select(t => $"SELECT id::int AS id, v::text AS v, w::text AS w, at::text AS at FROM {t}"));
        await bench.ExecuteAsync($"CREATE VIEW everything AS {all}");
        (await bench.RowsAsync(
            "SELECT count(*), count(DISTINCT id) FROM (SELECT id FROM everything UNION ALL SELECT split_part(raw_record, ',', "
                + "1)::int FROM corrupt_records) r"))
            .ShouldBe([$"{Rounds * Records}|{Rounds * Records}"], $"seed {seed}");
        (await bench.RowsAsync(
            """
            SELECT * FROM everything WHERE v::numeric IS DISTINCT FROM id * 7 OR w::numeric IS DISTINCT FROM id * 13
                OR left(at, 17) <> '2024-07-01 12:00:' OR right(left(at, 19), 2)::int <> id % 60 LIMIT 5
            """)).ShouldBe([], $"seed {seed}");
        (await bench.ScalarAsync<long>("SELECT count(*) FROM everything")).ShouldBeGreaterThan(Rounds * Records * 9 / 10);
        await bench.CountsShouldAgreeAsync();
    }

    static string Change(Random random, ref int aside)
    {
        string[] numbers = ["int", "bigint", "real", "double precision", "numeric", "numeric(14,3)", "text", "amount",
            "varchar(30)"];
        string[] times = ["timestamp", "timestamptz", "text", "timestamp(3)"];
        return random.Next(8) switch
        {
            0 => Retype("v", "::numeric", numbers[random.Next(numbers.Length)]),
            1 => Retype("w", "::numeric", numbers[random.Next(numbers.Length)]),
            2 => Retype("at", "", times[random.Next(times.Length)]),
            // v and w are the values of each other's column from here on, and so are those that are there.
            3 => $"ALTER TABLE t RENAME TO t_{++aside}; CREATE TABLE t (LIKE t_{aside}); ALTER TABLE t RENAME v TO x; ALTER "
                + "TABLE t RENAME w TO v; ALTER TABLE t RENAME x TO w",
            4 => $"ALTER TABLE t RENAME TO t_{++aside}; CREATE TABLE t (w {numbers[random.Next(numbers.Length)]}, at "
                + $"{times[random.Next(times.Length)]}, id bigint, v {numbers[random.Next(numbers.Length)]})",
            5 => "ALTER TABLE t ADD COLUMN IF NOT EXISTS extra int DEFAULT 3",
            6 => "ALTER TABLE t DROP COLUMN IF EXISTS extra",
            _ => $"ALTER TABLE t ALTER v {(random.Next(2) == 0 ? "SET" : "DROP")} NOT NULL",
        };

        static string Retype(string column, string by, string type) =>
            $"ALTER TABLE t ALTER {column} TYPE {type} USING {column}::text{by}::{type}";
    }
}
