using System.Text.Json;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Generator;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Checks;

public sealed class CheckFileTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task RunAsync_CorruptFile_FindsWhatTheManifestSaysAndWritesNothing()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        var manifest = await EventGenerator.WriteAsync(
            new GeneratorOptions
            {
                OutputDirectory = _temp["in"],
                Files = 1,
                RowsPerFile = 4000,
                CorruptShare = 0.08,
                Interval = TimeSpan.Zero
            },
            null, TimeProvider.System, CancellationToken.None);

        var run = await CliRun.InAsync(_temp.Path, "check", "in/events-000001.csv", "--json", "--show", "1000", "--db",
            TestUrl.Of(database));

        run.ExitCode.ShouldBe(ExitCode.Failed, run.Error);
        var result = JsonDocument.Parse(run.Output).RootElement;
        result.GetProperty("rowsGood").GetInt64().ShouldBe(manifest.Good);
        result.GetProperty("rowsRejected").GetInt64().ShouldBe(manifest.Corrupt);
        result.GetProperty("rowsSkipped").GetInt64().ShouldBe(manifest.BlankLines);
        result.GetProperty("byReason").EnumerateObject().Sum(reason => reason.Value.GetInt64()).ShouldBe(manifest.Corrupt);
        var rejects = result.GetProperty("rejects").EnumerateArray().ToList();
        rejects.Count.ShouldBe((int)manifest.Corrupt);
        var lines = await File.ReadAllLinesAsync(_temp["in/events-000001.csv"]);
        foreach (var reject in rejects.Where(reject => reject.GetProperty("reason").GetString() == "rule"))
            lines[reject.GetProperty("line").GetInt32() - 1].ShouldBe(reject.GetProperty("raw").GetString());
        await using var command = database.DataSource.CreateCommand(
            "SELECT (SELECT count(*) FROM public.events) + (SELECT count(*) FROM public.corrupt_records) + (SELECT count(*) FROM "
                + "ingest.file)");
        (await command.ExecuteScalarAsync()).ShouldBe(0L);
    }

    [Fact]
    public async Task RunAsync_DatabaseWithoutALedger_ChecksTheFileAndLeavesTheDatabaseAsItIs()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await using (var command = database.DataSource.CreateCommand(
            "DROP SCHEMA ingest CASCADE; DROP TABLE public.corrupt_records, public.events; "
                + "CREATE TABLE orders (id int, at timestamptz)"))
            await command.ExecuteNonQueryAsync();
        _temp.Write("o.csv", "id,at\n1,2026-01-03\n2,soon\n3\n");

        var run = await CliRun.InAsync(_temp.Path, "check", "o.csv", "--table", "orders", "--db", TestUrl.Of(database));

        run.Output.ShouldContain("1 row for orders, 2 would be rejected");
        run.ExitCode.ShouldBe(ExitCode.Failed, run.Error);
        await using var left = database.DataSource.CreateCommand(
            "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                + "WHERE n.nspname IN ('ingest', 'public') AND c.relkind IN ('r', 'v')");
        (await left.ExecuteScalarAsync()).ShouldBe(1L);
    }

    [Fact]
    public async Task RunAsync_GoodFile_Passes()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        _temp.Write("x.csv",
            "ACTION,user_id,event_time,mood\nview,1,2025-01-01T00:00:00Z,fine\n\nview,2,Jan 5 2025 10:00 UTC,\n");

        var run = await CliRun.InAsync(_temp.Path, "check", "x.csv", "--db", TestUrl.Of(database));

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error + run.Output);
        run.Output.ShouldContain("note  x.csv into public.events: fields without a column, not loaded: mood\n");
        run.Output.ShouldContain(
            "note  x.csv into public.events: columns without a field, NULL: product_id, product_name, price, session_id\n");
        run.Output.ShouldContain("columns without a field, filled with their default: ingestion_time\n");
        run.Output.ShouldContain("2 rows for public.events, 0 would be rejected, 1 skipped line; nothing was written");
    }

    [Theory]
    [InlineData("user_id,action,action,event_time\n1,view,view,2025-01-01\n", "The header has action more than once")]
    [InlineData("PK\u0003\u0004", "the zip archive has no directory at its end")]
    public async Task RunAsync_FileThatWouldBeQuarantined_SaysWhy(string content, string expected)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        _temp.Write("x.csv", content);

        var run = await CliRun.InAsync(_temp.Path, "check", "x.csv", "--db", TestUrl.Of(database));

        run.ExitCode.ShouldBe(ExitCode.Failed, run.Error);
        run.Output.ShouldStartWith("FAIL  ");
        run.Output.ShouldContain(expected);
    }

    [Fact]
    public async Task RunAsync_TableWithKeysAndTriggers_NamesWhatItCannotForesee()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await ExecuteAsync(
            database,
            """
            CREATE TABLE c (id int PRIMARY KEY, parent int CONSTRAINT has_parent REFERENCES c,
                n int CONSTRAINT positive CHECK (n > 0), r int4range);
            CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
            CREATE TRIGGER looks BEFORE INSERT ON c FOR EACH ROW EXECUTE FUNCTION f()
            """);
        _temp.Write("x.csv", "id,parent,n,r\n1,,1,\"[1,5)\"\n2,,1,\"[5,1)\"\n");

        var run = await CliRun.InAsync(_temp.Path, "check", "x.csv", "--table", "c", "--db", TestUrl.Of(database));

        run.Output.ShouldContain(
            "note  not checked, because the server checks it when a row is inserted: check positive, foreign key has_parent, "
                + "primary key c_pkey, trigger looks\n");
        run.Output.ShouldContain("line 3: bad_value r: range lower bound must be less than or equal to range upper bound\n");
        run.ExitCode.ShouldBe(ExitCode.Failed);
    }

    [Fact]
    public async Task RunAsync_FieldsWithoutAColumn_AreSuggestedOneAndTheFilePasses()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await ExecuteAsync(database, "CREATE TABLE c (id int, customer_name text)");
        _temp.Write("x.csv", "id,cust_name\n1,Ann\n");

        var run = await CliRun.InAsync(_temp.Path, "check", "x.csv", "--table", "c", "--db", TestUrl.Of(database));
        var json = await CliRun.InAsync(_temp.Path, "check", "x.csv", "--table", "c", "--json", "--db", TestUrl.Of(database));

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        run.Output.ShouldContain("cust_name (did you mean customer_name?)");
        run.Output.ShouldContain("\"columns\": { \"cust_name\": \"customer_name\" }");
        var note = JsonDocument.Parse(json.Output).RootElement.GetProperty("columnsNote");
        note.GetProperty("leftOut")[0].GetProperty("near").GetString().ShouldBe("customer_name");
        note.GetProperty("unfilled")[0].GetString().ShouldBe("customer_name");
    }

    [Fact]
    public async Task RunAsync_HeaderInAnotherEncoding_SaysHowToReadTheFile()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await ExecuteAsync(database, "CREATE TABLE c (id int, \"größe\" text)");
        await File.WriteAllBytesAsync(_temp["x.csv"], System.Text.Encoding.Latin1.GetBytes("id,größe\n1,x\n"));

        var run = await CliRun.InAsync(_temp.Path, "check", "x.csv", "--table", "c", "--db", TestUrl.Of(database));

        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Output.ShouldContain(
            "probably Windows-1252 (then the header is: id,größe). If it is, specify its encoding: --encoding windows-1252");
    }

    static async Task ExecuteAsync(TestDatabase database, string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    [Fact]
    public async Task RunAsync_NothingToCheckAgainst_SaysWhatToDo()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync(withSchema: false);
        _temp.Write("x.csv", "a\n1\n");

        (await CliRun.InAsync(_temp.Path, "check", "none.csv", "--db", TestUrl.Of(database))).ExitCode.ShouldBe(ExitCode.Usage);
        var run = await CliRun.InAsync(_temp.Path, "check", "x.csv", "--table", "nothing", "--db", TestUrl.Of(database));

        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Error.ShouldContain("nothing does not exist");
    }
}
