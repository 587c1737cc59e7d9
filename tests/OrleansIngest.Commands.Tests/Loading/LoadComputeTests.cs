using Npgsql;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Loading;

public sealed class LoadComputeTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    static async Task<string> ScalarAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return $"{await command.ExecuteScalarAsync(TestContext.Current.CancellationToken)}";
    }

    static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    const string Rejects =
        "SELECT string_agg(concat_ws(' | ', line, reason, column_name, detail), E'\\n' ORDER BY line) FROM corrupt_records";

    /// <summary>In both of COPY's formats: a point has no encoder. The file's own text of a computed column, fields without a
    /// column, and metadata take part.</summary>
    [Theory]
    [InlineData("")]
    [InlineData(", p point")]
    [InlineData(", pos point")]
    public async Task RunAsync_Compute_StoresWhatTheServerSaysOfEachRecord(string extra)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await ExecuteAsync(
            database.DataSource,
            $"CREATE TABLE t (id int, price numeric(10,2), quantity int, total numeric(8,1) NOT NULL, email varchar(12), day "
                + $"date, src text, code text{extra})");
        var (head, tail) = extra == ", p point" ? (",p", ",\"(1,2)\"") : ("", "");
        string[] more = extra == ", pos point" ? ["--compute", "pos=point(id, quantity)"] : [];
        _temp.Write("a.csv",
            $"id,price,Quantity,email,day,Unit Price{head}\n"
            + $"1,1.25,3, Ann@X.ORG ,31.01.2025,7{tail}\n"
            + $"2,2,0,b@x,01.02.2025,x{tail}\n"
            + $"3,,4,c@x,02.02.2025,1{tail}\n"
            + $"4,9,1,D@x,99.02.2025,1{tail}\n"
            + $"5,9,1,an.email.that.is@much.too.long,02.02.2025,2{tail}\n"
            + $"6,\"2\",2,e@x,03.02.2025,3{tail}\n"
            + $"z,2,2,e@x,03.02.2025,3{tail}\n");

        var run = await CliRun.InAsync(
            _temp.Path,
            [
                "load", "a.csv", "--table", "t", "--db", TestUrl.Of(database), "--max-rejected-share", "1", "--metadata",
                "src={name}:{line}",
                "--compute", "total=price * \"Quantity\" -- with tax", "--compute", "email=lower(trim(email))",
                "--compute", "day=to_date(day, 'DD.MM.YYYY')", "--compute",
                "code=src || '/' || (\"Unit Price\"::int / 1)", .. more,
            ]);

        run.Error.ShouldBe("");
        (await ScalarAsync(database.DataSource,
            "SELECT string_agg(concat_ws(' ', id, price, quantity, total, email, day, src, code), '; ' ORDER BY id) FROM t"))
            .ShouldBe("1 1.25 3 3.8 ann@x.org 2025-01-31 a.csv:2 a.csv:2/7; 6 2.00 2 4.0 e@x 2025-02-03 a.csv:7 a.csv:7/3");
        if (more.Length > 0) (await ScalarAsync(database.DataSource,
            "SELECT string_agg(pos::text, ' ' ORDER BY id) FROM t")).ShouldBe("(1,3) (6,2)");
        (await ScalarAsync(database.DataSource, Rejects)).Split('\n').ShouldBe([
            "3 | bad_value | code | invalid input syntax for type integer: \"x\", in code = src || '/' || (\"Unit "
                + "Price\"::int / 1)",
            "4 | missing_value | total | column \"total\" needs a value, but price * \"Quantity\" -- with tax is NULL",
            "5 | bad_value | day | date/time field value out of range: \"99.02.2025\", in day = to_date(day, 'DD.MM.YYYY')",
            "6 | bad_value | email | value too long for type character varying(12), in email = lower(trim(email))",
            "8 | bad_value | id | invalid input syntax for type integer: \"z\"",
        ]);

        await ExecuteAsync(database.DataSource,
            "UPDATE corrupt_records SET raw_record = replace(replace(raw_record, ',x', ',8'), 'z,', '9,')");
        var replay = await CliRun.InAsync(_temp.Path, "replay", "--rejects", "--db", TestUrl.Of(database));
        replay.Error.ShouldBe("");
        (await ScalarAsync(database.DataSource,
            "SELECT string_agg(concat_ws(' ', id, total, email, src, code), '; ' ORDER BY id) FROM t WHERE id NOT IN (1, 6)"))
            .ShouldBe("2 0.0 b@x a.csv:3 a.csv:3/8; 9 4.0 e@x a.csv:8 a.csv:8/3");
        (await ScalarAsync(database.DataSource, "SELECT count(*) FROM corrupt_records WHERE status = 'open'")).ShouldBe("3");
    }

    [Theory]
    [InlineData("total=price *", "column \"total\" cannot be computed as price *: syntax error")]
    [InlineData("total=qty * 2", "cannot be computed as qty * 2: column \"qty\" does not exist")]
    [InlineData("total=sum(price)", "an expression must compute one value from each record alone: aggregate functions")]
    [InlineData("total=row_number() OVER ()", "an expression must compute one value from each record alone: window functions")]
    [InlineData("total=generate_series(1, 2)",
        "an expression must compute one value from each record alone: set-returning functions")]
    [InlineData("total=1); DROP TABLE t; SELECT (1", "cannot be computed as 1); DROP TABLE t; SELECT (1")]
    [InlineData("total=1, 2", "cannot be computed as 1, 2")]
    [InlineData("total=now()", "column \"total\" is of type numeric but expression is of type timestamp with time zone")]
    [InlineData("nix=1", "has no column \"nix\", which compute")]
    [InlineData("g=1", "is generated: compute cannot fill it")]
    [InlineData("id", "must be COLUMN=EXPRESSION")]
    [InlineData("id= ", "--compute id must be an SQL expression")]
    public async Task RunAsync_ExpressionThatIsWrong_SaysSoAndLoadsNothing(string compute, string expected)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await ExecuteAsync(database.DataSource,
            "CREATE TABLE t (id int, price numeric, total numeric, g int GENERATED ALWAYS AS (1) STORED)");
        _temp.Write("a.csv", "id,price\n1,2\n");
        _temp.Write("ingest.json", """{ "pipelines": [{ "name": "p", "watch": ["in"], "table": "t", "maxAttempts": 1 }] }""");

        var run = await CliRun.InAsync(_temp.Path, "load", "a.csv", "--db", TestUrl.Of(database), "--compute", compute);
        var check = await CliRun.InAsync(_temp.Path, "check", "a.csv", "--db", TestUrl.Of(database), "--compute", compute);

        run.ExitCode.ShouldNotBe(ExitCode.Done);
        (run.Output + run.Error).ShouldContain(expected);
        check.ExitCode.ShouldNotBe(ExitCode.Done);
        (check.Output + check.Error).ShouldContain(expected);
        (await ScalarAsync(database.DataSource, "SELECT count(*) FROM t")).ShouldBe("0");
    }

    [Fact]
    public async Task RunAsync_CreateWithAComputedColumn_SaysWhatToDoAndCreatesNothing()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        _temp.Write("new.csv", "id,price\n1,2.5\n");

        var run = await CliRun.InAsync(_temp.Path, "load", "new.csv", "--table", "n", "--create", "--compute", "total=price * 2",
            "--db", TestUrl.Of(database));

        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Error.ShouldContain("--create cannot infer the type of column total");
        await using var command = database.DataSource.CreateCommand("SELECT to_regclass('n') IS NULL");
        (await command.ExecuteScalarAsync()).ShouldBe(true);
    }

    [Fact]
    public async Task Check_Compute_EvaluatesAndWritesNothing()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await ExecuteAsync(database.DataSource, "CREATE TABLE t (id int, total int)");
        _temp.Write("a.csv", "id,by\n1,2\n2,0\n3,1\n");

        var run = await CliRun.InAsync(_temp.Path, "check", "a.csv", "--table", "t", "--db", TestUrl.Of(database), "--compute",
            "total=id / by::int", "--json");

        run.Output.ShouldContain("\"rowsGood\":2,\"rowsRejected\":1");
        run.Output.ShouldContain("division by zero, in total = id / by::int");
        (await ScalarAsync(database.DataSource, "SELECT count(*) FROM t")).ShouldBe("0");
    }

    [Fact]
    public async Task RunAsync_RulesOfAllKinds_RejectWithRuleAndValue()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await ExecuteAsync(
            database.DataSource,
            "CREATE TABLE t (id int, name text, zip text, shop int, total int); CREATE TABLE \"Shops\" (\"No\" bigint PRIMARY "
                + "KEY); INSERT INTO \"Shops\" VALUES (1), (2)");
        _temp.Write("a.csv",
            "id,name,zip,shop\n1,Ünü,12345,1\n2,Zoë Maria,12345,2\n3,,12345,\n4,Bob,x12345,1\n5,Bob,12345,7\n60,Bob,12345,2\n");
        _temp.Write("ingest.json", """
            { "pipelines": [{ "name": "p", "watch": ["in"], "table": "t", "compute": { "total": "id * 10" }, "rules": [
                { "rule": "length", "column": "name", "minimum": 1, "maximum": 3 },
                { "rule": "matches", "column": "zip", "pattern": "^\\d{5}$" },
                { "rule": "foundIn", "column": "shop", "in": "public.\"Shops\"(\"No\")" },
                { "rule": "range", "column": "total", "maximum": 100 }] }] }
            """);

        var run = await CliRun.InAsync(_temp.Path, "load", "a.csv", "--db", TestUrl.Of(database), "--max-rejected-share", "1");

        run.Error.ShouldBe("");
        (await ScalarAsync(database.DataSource,
            "SELECT string_agg(concat_ws(' ', id, total), '; ' ORDER BY id) FROM t")).ShouldBe("1 10; 3 30");
        (await ScalarAsync(database.DataSource, Rejects)).Split('\n').ShouldBe([
            "3 | rule | name | \"Zoë Maria\" has 9 characters: it must have from 1 to 3 characters",
            "5 | rule | zip | \"x12345\" does not match ^\\d{5}$",
            "6 | rule | shop | \"7\" is not in public.\"Shops\"(\"No\")",
            "7 | rule | total | 600 is out of range: it must be 100 or less, computed as id * 10",
        ]);

        await ExecuteAsync(database.DataSource, "INSERT INTO \"Shops\" VALUES (7)");
        var replay = await CliRun.InAsync(_temp.Path, "replay", "--rejects", "--db", TestUrl.Of(database));
        replay.Error.ShouldBe("");
        (await ScalarAsync(database.DataSource, "SELECT total FROM t WHERE shop = 7")).ShouldBe("50");
    }

    [Theory]
    [InlineData("""{ "rule": "length", "column": "id" }""", "needs minimum, maximum or both")]
    [InlineData("""{ "rule": "matches", "column": "id", "pattern": "(?=x)" }""", "without look-arounds and back references")]
    [InlineData("""{ "rule": "matches", "column": "id", "pattern": "(" }""", "must be a regular expression")]
    [InlineData("""{ "rule": "foundIn", "column": "id", "in": "u(a); DROP" }""", "must be schema.table(column)")]
    [InlineData("""{ "rule": "foundIn", "column": "id", "in": "u(b)" }""", "cannot query u(b): column o.b does not exist")]
    public async Task RunAsync_RuleThatIsWrong_SaysWhatIsWrong(string rule, string expected)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await ExecuteAsync(database.DataSource, "CREATE TABLE t (id int); CREATE TABLE u (a int)");
        _temp.Write("a.csv", "id\n1\n");
        _temp.Write("ingest.json",
            $$"""{ "pipelines": [{ "name": "p", "watch": ["in"], "table": "t", "maxAttempts": 1, "rules": [{{rule}}] }] }""");

        var run = await CliRun.InAsync(_temp.Path, "load", "a.csv", "--db", TestUrl.Of(database));

        run.ExitCode.ShouldNotBe(ExitCode.Done);
        (run.Output + run.Error).ShouldContain(expected);
    }

    [Theory]
    [InlineData("id +", "FAIL  pipeline p: compute: column \"total\" cannot be computed as id +: syntax error")]
    [InlineData("id + qty",
        "note  pipeline p: compute: depends on the file (ingest check FILE): column \"total\" cannot be computed as id + qty: "
            + "column \"qty\"")]
    public async Task Check_ComputeOfAPipeline_SaysWhatIsWrong(string expression, string expected)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await ExecuteAsync(database.DataSource, "CREATE TABLE t (id int, total int)");
        Directory.CreateDirectory(Path.Combine(_temp.Path, "in"));
        _temp.Write("ingest.json",
            $$"""{ "pipelines": [{ "name": "p", "watch": ["in"], "table": "t", "compute": { "total": "{{expression}}" } }] }""");

        var run = await CliRun.InAsync(_temp.Path, "check", "--db", TestUrl.Of(database));

        run.Output.ShouldContain(expected);
    }

    /// <summary>The bytes of records are kept where the file cannot be read again: those of the rows that stay, and those of
    /// rejects, are told apart. A trigger discards rows behind what is computed.</summary>
    [Fact]
    public async Task RunAsync_CompressedNdjsonAndTrigger_CountsAndKeepsTheRightRecords()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await ExecuteAsync(
            database.DataSource,
            """
            CREATE TABLE t (id int, total int CHECK (total <> 50));
            CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN IF NEW.total % 7 = 0 THEN RETURN NULL; END IF; RETURN NEW; END';
            CREATE TRIGGER skip BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION skip();
            """);
        const int Count = 3000;
        await using (var file = File.Create(Path.Combine(_temp.Path, "a.ndjson.gz")))
        await using (var gzip = new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionLevel.Fastest))
        await using (var writer = new StreamWriter(gzip))
        {
            for (var id = 1; id <= Count; id++) await writer.WriteAsync($"{{\"id\":{id},\"by\":{id % 10}}}\n");
        }

        var run = await CliRun.InAsync(
            _temp.Path, "load", "a.ndjson.gz", "--table", "t", "--db", TestUrl.Of(database), "--max-rejected-share", "1",
            "--compute", "total=id / by::int");

        run.Error.ShouldBe("");
        var said = Enumerable.Range(1, Count).Where(id => id % 10 != 0).Select(id => (Id: id, Total: id / (id % 10))).ToArray();
        var loaded = said.Where(r => r.Total != 50 && r.Total % 7 != 0).ToArray();
        (await ScalarAsync(database.DataSource, "SELECT count(*) || ' ' || sum(total) FROM t")).ShouldBe(
            $"{loaded.Length} {loaded.Sum(r => r.Total)}");
        (await ScalarAsync(database.DataSource,
            "SELECT rows_loaded || ' ' || rows_skipped || ' ' || rows_rejected FROM ingest.file"))
            .ShouldBe($"{loaded.Length} {said.Count(r => r.Total % 7 == 0)} {Count / 10 + said.Count(r => r.Total == 50)}");
        (await ScalarAsync(
            database.DataSource,
            "SELECT count(*) FROM corrupt_records WHERE (raw_record::jsonb ->> 'id')::int = line AND (raw_record::jsonb ->> 'by' "
                + "= '0') = (detail LIKE 'division%')"))
            .ShouldBe($"{Count / 10 + said.Count(r => r.Total == 50)}");
    }

    /// <summary>Random values and expressions: what INSERT says of each record by itself is what is stored or rejected.</summary>
    [Fact]
    public async Task RunAsync_RandomExpressions_AgreeWithInsertRecordByRecord()
    {
        string[] expressions =
        [
            "n = a / b", "n = a * b", "n = a + length(c)", "n = c::int", "n = nullif(c, '')::numeric",
            "n = CASE WHEN b = 0 THEN NULL ELSE a % b END",
            "s = c || a", "s = substr(c, b, 3)", "s = upper(c)", "s = repeat(c, 2)", "d = date '2025-01-31' + a",
            "d = make_date(2025, b, a)", "d = nullif(c, '')::date",
            "n = sqrt(a)", "n = x", "n = x::numeric * 2", "s = x", "j = c::jsonb", "j = jsonb_build_object('a', a, 'c', c)",
            "z = array[a, b]", "z = ('{' || x || '}')::int[]",
            "f = (a::float8 / b)", "f = a ^ b", "e = c", "e = 'u' || b",
        ];
        var random = new Random(20251125);
        string[] texts = ["", "1", "-7", "2.5", "abc", "ü", "\\", "tab\there", "2025-02-30", "2025-02-28", "NaN", "{\"a\":1}",
            "u1", "99999999999"];
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await ExecuteAsync(database.DataSource, "CREATE DOMAIN even AS text CHECK (VALUE <> 'u1')");
        var rejectedInAll = 0L;
        for (var round = 0; round < 25; round++)
        {
            const string Definition =
                "(id int, a int, b int, c text, n numeric(6,2), s varchar(6), d date, j jsonb, z int[], f real, e even)";
            await ExecuteAsync(database.DataSource,
                $"DROP TABLE IF EXISTS t, o; CREATE TABLE t {Definition}; CREATE TABLE o {Definition}; TRUNCATE corrupt_records");
            var chosen = expressions.OrderBy(_ => random.Next()).DistinctBy(e => e[0]).Take(random.Next(1, 4))
                .Select(e => e.Split(" = ", 2)).ToArray();
            var count = random.Next(1, 400);
            var bad = random.Next(100);
            var lines = new List<string> { "id,a,b,c,x" };
            for (var id = 1; id <= count; id++)
            {
                var (a, b) = random.Next(100) < bad ? (random.Next(-40, 100000), random.Next(-1, 14))
                    : (random.Next(1, 28), random.Next(1, 12));
                var text = random.Next(100) < bad ? texts[random.Next(texts.Length)] : $"{random.Next(100)}";
                lines.Add(
                    $"{id},{a},{b},\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\","
                    + $"{random.Next(1, 9)}{(random.Next(100) < bad ? "y" : "")}");
            }

            _temp.Write($"r{round}.csv", string.Join('\n', lines));
            await ExecuteAsync(database.DataSource,
                "DROP TABLE IF EXISTS raw; CREATE TABLE raw (id int, a int, b int, c text, x text)");
            await using (var connection = await database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken))
            {
                await using var writer = await connection.BeginTextImportAsync(
                    "COPY raw FROM STDIN (FORMAT csv, HEADER, FORCE_NOT_NULL (c))", TestContext.Current.CancellationToken);
                await writer.WriteAsync(string.Join('\n', lines));
            }

            await ExecuteAsync(
                database.DataSource,
                $"""
                DO $$ DECLARE i int; BEGIN FOR i IN SELECT id FROM raw LOOP BEGIN
                    INSERT INTO o (id, a, b, c{string.Concat(chosen.Select(c => $", {c[0]}"))})
                    SELECT id, a, b, c{string.Concat(chosen.Select(c => $", {c[1]}"))} FROM raw WHERE id = i;
                EXCEPTION WHEN OTHERS THEN NULL; END; END LOOP; END $$
                """);

            var run = await CliRun.InAsync(
                _temp.Path,
                [
                    "load", $"r{round}.csv", "--table", "t", "--db", TestUrl.Of(database), "--max-rejected-share", "1",
                    .. chosen.SelectMany(c => new[] { "--compute", $"{c[0]}={c[1]}" }),
                ]);

            var what = string.Join("; ", chosen.Select(c => string.Join(" = ", c)));
            run.Error.ShouldBe("", what);
            (await ScalarAsync(database.DataSource,
                "SELECT count(*) FROM (SELECT t::text FROM t EXCEPT ALL SELECT o::text FROM o) q")).ShouldBe("0", what);
            (await ScalarAsync(database.DataSource,
                "SELECT count(*) FROM (SELECT o::text FROM o EXCEPT ALL SELECT t::text FROM t) q")).ShouldBe("0", what);
            var rejected = await ScalarAsync(database.DataSource, "SELECT count(*) FROM corrupt_records");
            rejected.ShouldBe(await ScalarAsync(database.DataSource, $"SELECT {count} - count(*) FROM o"), what);
            rejectedInAll += long.Parse(rejected, System.Globalization.CultureInfo.InvariantCulture);
        }

        rejectedInAll.ShouldBeGreaterThan(500);
    }
}
