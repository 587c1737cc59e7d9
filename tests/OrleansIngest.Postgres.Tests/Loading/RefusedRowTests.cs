using Npgsql;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Postgres.Tests.Ledger;

namespace OrleansIngest.Postgres.Tests.Loading;

/// <summary>Whatever the server raises for a row is that row's: it becomes a reject, and nothing waits.</summary>
public sealed class RefusedRowTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The SQLSTATEs of shutdown, full disk, broken connection, deadlock and internal errors are what a
    /// trigger likes to say, too.</summary>
    [Theory]
    [InlineData("BK001")]
    [InlineData("P0001")]
    [InlineData("P0002")]
    [InlineData("P0004")]
    [InlineData("XX000")]
    [InlineData("08006")]
    [InlineData("08P01")]
    [InlineData("57P01")]
    [InlineData("57014")]
    [InlineData("53100")]
    [InlineData("53300")]
    [InlineData("40001")]
    [InlineData("40P01")]
    [InlineData("55P03")]
    [InlineData("25006")]
    [InlineData("28000")]
    [InlineData("42P01")]
    [InlineData("0A000")]
    [InlineData("OI001")]
    public async Task Trigger_that_refuses_a_row_with_any_code_rejects_that_row(string code)
    {
        await using var bench = await LoadBench.CreateAsync(
            $$"""
            CREATE TABLE t (id int, amount int);
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF NEW.amount < 0 THEN RAISE EXCEPTION 'amount % is negative', NEW.amount USING ERRCODE = '{{code}}'; END IF;
                RETURN NEW; END $$;
            CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION refuse();
            """);

        var states = await bench.LoadAsync(bench.Write("a.csv", "id,amount\n1,5\n2,-5\n3,7\n"),
            bench.Write("b.csv", "id,amount\n4,1\n"));

        states.ShouldAllBe(s => s.Status == "loaded");
        (await bench.RowsAsync("SELECT id FROM t ORDER BY id")).ShouldBe(["1", "3", "4"]);
        (await bench.RowsAsync("SELECT line, record_number, reason, raw_record, detail FROM corrupt_records"))
            .ShouldBe(["3|2|constraint|2,-5|amount -5 is negative"]);
        await bench.CountsShouldAgreeAsync();
    }

    [Fact]
    public async Task Input_function_that_knows_no_code_rejects_the_row_and_names_the_column()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE EXTENSION hstore; CREATE TABLE t (id int, h hstore)");

        var states = await bench.LoadAsync(bench.Write("a.csv", "id,h\n1,a=>1\n2,a\n3,b=>2\n"),
            bench.Write("b.csv", "id,h\n4,c=>3\n"));

        states.ShouldAllBe(s => s.Status == "loaded");
        (await bench.RowsAsync("SELECT id FROM t ORDER BY id")).ShouldBe(["1", "3", "4"]);
        (await bench.RowsAsync("SELECT line, column_name FROM corrupt_records")).ShouldBe(["3|h"]);
    }

    [Fact]
    public async Task Domain_whose_check_raises_an_internal_error_rejects_the_row_and_names_the_column()
    {
        await using var bench = await LoadBench.CreateAsync(
            """
            CREATE FUNCTION is_wkt(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN
                IF $1 !~ '^[A-Z]+\(' THEN RAISE EXCEPTION 'parse error - invalid geometry' USING ERRCODE = 'XX000'; END IF;
                RETURN true; END $$;
            CREATE DOMAIN wkt AS text CHECK (is_wkt(VALUE));
            CREATE TABLE t (id int, shape wkt);
            """);

        await bench.LoadAsync(bench.Write("a.csv", "id,shape\n1,POINT(1 2)\n2,{not a shape}\n3,POINT(3 4)\n"));

        (await bench.RowsAsync("SELECT id FROM t ORDER BY id")).ShouldBe(["1", "3"]);
        (await bench.RowsAsync("SELECT line, column_name, detail FROM corrupt_records")).ShouldBe(
            ["3|shape|parse error - invalid geometry"]);
    }

    [Fact]
    public async Task Value_that_does_not_fit_an_index_page_rejects_the_row()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int, descr text); CREATE INDEX ON t (descr)");
        var random = new Random(7);
        var tooLong = string.Concat(Enumerable.Range(0, 12_000).Select(_ => (char)('!' + random.Next(90)))).Replace('"',
            'x').Replace(',', 'x');

        await bench.LoadAsync(bench.Write("a.csv", $"id,descr\n1,short\n2,{tooLong}\n3,short too\n"));

        (await bench.RowsAsync("SELECT id FROM t ORDER BY id")).ShouldBe(["1", "3"]);
        (await bench.RowsAsync("SELECT line FROM corrupt_records")).ShouldBe(["3"]);
    }

    [Fact]
    public async Task Statement_trigger_that_fails_blames_no_row()
    {
        await using var bench = await LoadBench.CreateAsync(
            """
            CREATE TABLE t (id int);
            CREATE FUNCTION closed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the table is closed'; END $$;
            CREATE TRIGGER g BEFORE INSERT ON t FOR EACH STATEMENT EXECUTE FUNCTION closed();
            """, p => p.MaxAttempts = 1);

        var states = await bench.LoadAsync(bench.Write("a.csv", "id\n1\n2\n3\n"));

        states.Single().Status.ShouldBe("quarantined");
        states.Single().Reason!.ShouldContain("the table is closed");
        (await bench.RowsAsync("SELECT count(*) FROM corrupt_records")).ShouldBe(["0"]);
    }

    [Fact]
    public async Task Deferred_trigger_that_speaks_up_at_commit_rejects_its_row()
    {
        await using var bench = await LoadBench.CreateAsync(
            """
            CREATE TABLE t (id int);
            CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF NEW.id = 2 THEN RAISE EXCEPTION 'no two' USING ERRCODE = 'BK002'; END IF; RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER g AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION late();
            """);

        await bench.LoadAsync(bench.Write("a.csv", "id\n1\n2\n3\n"));

        (await bench.RowsAsync("SELECT id FROM t ORDER BY id")).ShouldBe(["1", "3"]);
        (await bench.RowsAsync("SELECT line, detail FROM corrupt_records")).ShouldBe(["3|no two"]);
    }

    [Theory]
    [InlineData("")]
    // INSERT is not COPY then
    [InlineData("CREATE RULE r AS ON INSERT TO log DO INSTEAD NOTHING; CREATE RULE r2 AS ON INSERT TO t DO ALSO NOTHING;")]
    public async Task Children_before_parents_load_although_a_neighbour_is_refused(string rule)
    {
        await using var bench = await LoadBench.CreateAsync(
            $"CREATE TABLE log (x int); CREATE TABLE t (person text PRIMARY KEY, father text REFERENCES t, age int); {rule}");

        await bench.LoadAsync(bench.Write("a.csv",
            "person,father,age\na1,b1,1\na2,b1,2\na3,b2,3\nb1,c1,30\nb2,c1,x31\nb2,c1,31\nb2,c1,32\nc1,,60\nd1,nobody,9\n"));

        (await bench.RowsAsync("SELECT person FROM t ORDER BY person")).ShouldBe(["a1", "a2", "a3", "b1", "b2", "c1"]);
        (await bench.RowsAsync("SELECT line FROM corrupt_records ORDER BY line")).ShouldBe(["6", "8", "10"]);
    }

    [Fact]
    public async Task Half_of_the_rows_refused_keeps_the_servers_words_of_each()
    {
        const int Rows = 3000;
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int PRIMARY KEY, n int CHECK (n < 100))",
            p => p.Lanes = 1);

        await bench.LoadAsync(bench.Write("a.csv",
            "id,n\n" + string.Concat(Enumerable.Range(1, Rows).Select(i => $"{i},{(i % 2 == 0 ? 100 : 1)}\n"))));

        (await bench.RowsAsync("SELECT count(*), count(*) FILTER (WHERE id % 2 = 1) FROM t")).ShouldBe(
            [$"{Rows / 2}|{Rows / 2}"]);
        (await bench.RowsAsync(
            "SELECT count(*), count(*) FILTER (WHERE detail LIKE '%t_n_check%' AND detail LIKE '%(' || (line - 1) || ', 100)%'), "
                + "count(*) FILTER (WHERE raw_record = (line - 1) || ',100') FROM corrupt_records"))
            .ShouldBe([$"{Rows / 2}|{Rows / 2}|{Rows / 2}"]);
        await bench.CountsShouldAgreeAsync();
    }

    [Fact]
    public async Task Role_that_may_make_no_temporary_table_still_gets_its_bad_rows_singled_out()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int PRIMARY KEY)");
        await bench.ExecuteAsync(
            $"""
            REVOKE TEMP ON DATABASE {bench.Database.Name} FROM public;
            CREATE ROLE plain_{bench.Database.Name} LOGIN PASSWORD 'plain';
            GRANT ALL ON SCHEMA ingest TO plain_{bench.Database.Name};
            GRANT ALL ON ALL TABLES IN SCHEMA ingest, public TO plain_{bench.Database.Name};
            GRANT ALL ON ALL SEQUENCES IN SCHEMA ingest, public TO plain_{bench.Database.Name}
            """);
        try
        {
            var plain = new NpgsqlConnectionStringBuilder(bench.Database.ConnectionString)
            { Username = $"plain_{bench.Database.Name}", Password = "plain" };
            var node = await bench.StartNodeAsync(plain.ConnectionString);

            var states = await bench.LoadAsync(bench.Write("a.csv", "id\n1\n2\n1\n3\n"));

            states.Single().Status.ShouldBe("loaded", states.Single().Reason);
            (await bench.RowsAsync("SELECT line FROM corrupt_records")).ShouldBe(["4"]);
            await bench.EndNodeAsync(node);
        }
        finally
        {
            await bench.ExecuteAsync($"DROP OWNED BY plain_{bench.Database.Name}; DROP ROLE plain_{bench.Database.Name}");
        }
    }

    [Theory]
    [InlineData("n int")]       // binary COPY
    [InlineData("n int4range")] // text COPY
    public async Task Rows_that_a_trigger_discards_are_counted_as_such(string column)
    {
        await using var bench = await LoadBench.CreateAsync(
            $$"""
            CREATE TABLE t (id int PRIMARY KEY, {{column}});
            CREATE FUNCTION discard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF NEW.id % 3 = 0 THEN RETURN NULL; END IF; RETURN NEW; END $$;
            CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION discard();
            """, p => (p.BatchRecords, p.Lanes) = (40, 1));
        var sound = bench.Write("a.csv", "id,n\n" + string.Concat(Enumerable.Range(1, 100).Select(i => $"{i},\n")));
        var withDuplicates = bench.Write("b.csv", "id,n\n" + string.Concat(Enumerable.Range(91, 20).Select(i => $"{i},\n\n")));

        await bench.LoadAsync(sound);
        await bench.LoadAsync(withDuplicates);

        (await bench.RowsAsync(
            "SELECT records_read, rows_loaded, rows_rejected, rows_skipped, rows_suppressed FROM ingest.file ORDER BY path"))
            .ShouldBe(["100|67|0|33|33", "40|7|7|26|6"]);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(74);
        (await bench.RowsAsync("SELECT sum(rows_suppressed) FROM ingest.batch")).ShouldBe(["39"]);
        await bench.CountsShouldAgreeAsync();
    }

    [Fact]
    public async Task Statement_timeout_shorter_than_the_copy_is_met_with_smaller_ones()
    {
        await using var bench = await LoadBench.CreateAsync(
            """
            CREATE TABLE t (id int);
            CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.03); RETURN NEW; END $$;
            CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION slow();
            """);
        await bench.ExecuteAsync($"ALTER DATABASE {bench.Database.Name} SET statement_timeout = '500ms'");

        var states = await bench.LoadAsync(bench.Write("a.csv",
            "id\n" + string.Concat(Enumerable.Range(1, 40).Select(i => $"{i}\n"))));

        states.Single().Status.ShouldBe("loaded", states.Single().Reason);
        (await bench.RowsAsync("SELECT count(*), count(DISTINCT id) FROM t")).ShouldBe(["40|40"]);
    }

    [Fact]
    public async Task Statement_timeout_shorter_than_any_row_fails_the_file_and_names_the_setting()
    {
        await using var bench = await LoadBench.CreateAsync(
            """
            CREATE TABLE t (id int);
            CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(20); RETURN NEW; END $$;
            CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION slow();
            """, p => p.MaxAttempts = 1);
        await bench.ExecuteAsync($"ALTER DATABASE {bench.Database.Name} SET statement_timeout = '300ms'");

        var states = await bench.LoadAsync(bench.Write("a.csv", "id\n1\n2\n"));

        states.Single().Status.ShouldBe("quarantined");
        states.Single().Reason!.ShouldContain("statement_timeout");
        (await bench.RowsAsync("SELECT count(*) FROM corrupt_records")).ShouldBe(["0"]);
    }

    [Fact]
    public async Task Character_that_the_databases_encoding_lacks_rejects_the_row_and_the_reject_is_kept()
    {
        await using var outer = await LoadBench.CreateAsync("SELECT 1");
        var name = $"{outer.Database.Name}_latin1";
        await outer.ExecuteAsync($"CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
        try
        {
            var latin = new NpgsqlConnectionStringBuilder(outer.Database.ConnectionString)
            { Database = name, Pooling = false }.ConnectionString;
            await using var source = NpgsqlDataSource.Create(latin);
            await Migrations.ApplyAsync(source, Stop);
            await using (var create = source.CreateCommand("CREATE TABLE t (id int, name text)"))
                await create.ExecuteNonQueryAsync(Stop);
            var node = await outer.StartNodeAsync(latin);

            var states = await outer.LoadAsync(outer.Write("a.csv", "id,name,Größe,Żubr\n1,Zoë,,\n2,Żubr 漢,,\n3,plain,,\n"));

            states.Single().Status.ShouldBe("loaded", states.Single().Reason);
            await using var command = source.CreateCommand(
                "SELECT (SELECT string_agg(id || name, ' ' ORDER BY id) FROM t), (SELECT line || raw_record || ' ' || "
                    + "encode(raw_bytes, 'hex') FROM corrupt_records)");
            await using var reader = await command.ExecuteReaderAsync(Stop);
            await reader.ReadAsync(Stop);
            reader.GetString(0).ShouldBe("1Zoë 3plain");
            reader.GetString(1).ShouldBe("32,?ubr ?,, " + Convert.ToHexStringLower("2,Żubr 漢,,"u8));
            await outer.EndNodeAsync(node);
        }
        finally
        {
            await outer.ExecuteAsync($"DROP DATABASE {name} WITH (FORCE)");
        }
    }
}
