using System.Text.Json;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Loading;

public sealed class LoadCreateTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("Orders", "orders")]
    [InlineData("\"My Orders\"", "\"My Orders\"")]
    [InlineData("public.order", "public.\"order\"")]
    public async Task RunAsync_Create_MakesTheTableOnceAndLoads(string table, string sqlName)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        _temp.Write("one.csv", "Order ID;price;at\n1;2.50;2024-01-01T00:00:00Z\n2;;\n");
        _temp.Write("two.csv", "Order ID;price;at\n3;1;2024-01-02T00:00:00Z\n");
        string[] line = ["--table", table, "--create", "--json", "--db", TestUrl.Of(database)];

        var first = await CliRun.InAsync(_temp.Path, ["load", "one.csv", .. line]);
        var second = await CliRun.InAsync(_temp.Path, ["load", "two.csv", .. line]);
        var again = await CliRun.InAsync(_temp.Path, ["load", "one.csv", .. line]);

        first.ExitCode.ShouldBe(ExitCode.Done, first.Error);
        first.Error.ShouldContain("order_id bigint, price numeric, at timestamptz");
        JsonDocument.Parse(first.Output).RootElement.GetProperty("rowsLoaded").GetInt64().ShouldBe(2);
        second.ExitCode.ShouldBe(ExitCode.Done, second.Error);
        again.Error.ShouldNotContain("created");
        JsonDocument.Parse(again.Output).RootElement.GetProperty("filesSkipped").GetInt64().ShouldBe(1);
        await using var command = database.DataSource.CreateCommand(
            $"SELECT count(*) || ' ' || sum(order_id) || ' ' || sum(price) FROM {sqlName}");
        (await command.ExecuteScalarAsync()).ShouldBe("3 6 3.50");
    }

    [Theory]
    [InlineData("id,name\n\"1,Ann\n2,Bob\n3,Cy\n4,\"Dan \"\"x\"\"\"\n", "(id bigint, name text)", "3 rows, 1 rejected")]
    [InlineData("a,b\n\"1,x\n2,y\n", "(a bigint, b text)", "1 row, 1 rejected")]
    [InlineData("\"Ann,Ulm\nBob,Rome\nCy,Paris\n", "(column_1 text, column_2 text)", "2 rows, 1 rejected")]
    public async Task RunAsync_CreateFromAFileWhoseFirstRecordIsBroken_RejectsIt(string text, string columns, string counts)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        _temp.Write("a.csv", text);

        var run = await LoadAsync(database, "a.csv", "--create");

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        run.Error.ShouldContain($"created orders {columns}");
        run.Output.ShouldContain(counts);
        (await RowsAsync(database, "SELECT reason FROM corrupt_records")).ShouldBe(["broken_quote"]);
        (await RowsAsync(database, "SELECT (records_read = rows_loaded + rows_rejected)::text FROM ingest.file"))
            .ShouldBe(["true"]);
    }

    [Fact]
    public async Task RunAsync_CreateWithAnEncoding_InfersTheTableWithIt()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        System.Text.Encoding.RegisterProvider(System.Text.CodePagesEncodingProvider.Instance);
        var text = System.Text.Encoding.GetEncoding("shift_jis").GetBytes("id,日本\n1,東京\n");
        await File.WriteAllBytesAsync(_temp["a.csv"], text);

        var run = await LoadAsync(database, "a.csv", "--create", "--encoding", "shift_jis");

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        run.Error.ShouldContain("created orders (id bigint, 日本 text)");
        (await RowsAsync(database, "SELECT 日本 FROM orders")).ShouldBe(["東京"]);
    }

    [Fact]
    public async Task RunAsync_CreateWithACompression_InfersTheTableWithIt()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await using (var file = File.Create(_temp["a.csv"]))
        await using (var brotli = new System.IO.Compression.BrotliStream(file, System.IO.Compression.CompressionLevel.Fastest))
            await brotli.WriteAsync("id,n\n1,2\n"u8.ToArray());

        var run = await LoadAsync(database, "a.csv", "--create", "--compression", "br");

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        run.Error.ShouldContain("created orders (id bigint, n bigint)");
    }

    [Fact]
    public async Task RunAsync_NextDayWithoutCreate_BindsTheHeaderTheSameWay()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        _temp.Write("mon.csv", ",Order ID,name,Name\n0,1,a,b\n");
        _temp.Write("tue.csv", ",Order ID,name,Name\n9,2,c,d\n");
        _temp.Write("wed.csv", "Order ID,new\n3,x\n");

        var monday = await LoadAsync(database, "mon.csv", "--create");
        var check = await CliRun.InAsync(_temp.Path, "check", "tue.csv", "--table", "orders", "--json", "--db",
            TestUrl.Of(database));
        var tuesday = await LoadAsync(database, "tue.csv");
        var wednesday = await LoadAsync(database, "wed.csv");

        monday.Error.ShouldContain("created orders (column_1 bigint, order_id bigint, name text, name_2 text)");
        (check.ExitCode, tuesday.ExitCode, wednesday.ExitCode).ShouldBe((ExitCode.Done, ExitCode.Done, ExitCode.Done),
            check.Output + tuesday.Error + wednesday.Error);
        JsonDocument.Parse(check.Output).RootElement.GetProperty("columnsNote").ValueKind.ShouldBe(JsonValueKind.Null);
        tuesday.Output.ShouldNotContain("note");
        wednesday.Output.ShouldContain("not loaded: new");
        (await RowsAsync(database,
            "SELECT concat_ws('|', column_1, order_id, name, name_2) FROM orders ORDER BY order_id")).ShouldBe(
                ["0|1|a|b", "9|2|c|d", "3"]);
    }

    [Fact]
    public async Task RunAsync_TableOfAnEarlierVersion_GetsItsMappingWithTheNextCreate()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await RowsAsync(database, "CREATE TABLE orders (column_1 int, order_id int)");
        _temp.Write("a.csv", ",Order ID\n1,2\n");
        _temp.Write("b.csv", ",Order ID\n3,4\n");

        (await LoadAsync(database, "a.csv", "--create")).ExitCode.ShouldBe(ExitCode.Done);
        (await LoadAsync(database, "b.csv")).ExitCode.ShouldBe(ExitCode.Done);

        (await RowsAsync(database, "SELECT column_1 || '|' || order_id FROM orders ORDER BY 1")).ShouldBe(["1|2", "3|4"]);
    }

    [Fact]
    public async Task RunAsync_KeepNames_NamesColumnsAsTheFileDoes()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        _temp.Write("a.csv", "Order ID,order,order,\"a\"\"b\"\n1,2,3,4\n");
        _temp.Write("b.csv", "Order ID,order,order,\"a\"\"b\"\n5,6,7,8\n");

        (await LoadAsync(database, "a.csv", "--create", "--keep-names")).ExitCode.ShouldBe(ExitCode.Done);
        (await LoadAsync(database, "b.csv")).ExitCode.ShouldBe(ExitCode.Done);
        var alone = await LoadAsync(database, "a.csv", "--keep-names");

        (await RowsAsync(database,
            """SELECT concat_ws('|', "Order ID", "order", order_2, "a""b") FROM orders ORDER BY 1""")).ShouldBe(
                ["1|2|3|4", "5|6|7|8"]);
        alone.ExitCode.ShouldBe(ExitCode.Usage);
        alone.Error.ShouldContain("--keep-names needs --create");
    }

    [Fact]
    public async Task RunAsync_WidestTable_KeepsAllValues()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        _temp.Write("a.csv", Row("f") + Row(""));
        _temp.Write("b.csv", Row("f") + Row("") + Row(""));
        _temp.Write("wider.csv", Row("f", 1601) + Row("", 1601));

        var run = await LoadAsync(database, "a.csv", "--create");
        var next = await LoadAsync(database, "b.csv");
        var wider = await CliRun.InAsync(_temp.Path, "load", "wider.csv", "--table", "wider", "--create", "--db",
            TestUrl.Of(database));

        (run.ExitCode, next.ExitCode).ShouldBe((ExitCode.Done, ExitCode.Done), run.Error + next.Error);
        run.Output.ShouldContain("1 row, 0 rejected");
        (await RowsAsync(database,
            "SELECT count(*) || ' ' || count(DISTINCT v) FROM orders t, jsonb_each_text(to_jsonb(t)) e(k, v) GROUP BY t "
                + "ORDER BY 1"))
            .ShouldBe(["4800 1600"]);
        (await RowsAsync(database, "SELECT f1599 FROM orders")).ShouldBe(["1599", "1599", "1599"]);
        wider.ExitCode.ShouldBe(ExitCode.Failed);
        wider.Error.ShouldContain("has 1,601 fields, but a PostgreSQL table can have at most 1,600 columns");

        static string Row(string prefix, int fields = 1600) =>
            string.Join(',', Enumerable.Range(1, fields).Select(i => $"{prefix}{i}")) + "\n";
    }

    [Fact]
    public async Task RunAsync_ValuesThatLookLikeNumbers_StayAsTheyAre()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        _temp.Write("a.csv", "zip,part,phone,n\n00501,12E4,+41441234567,1\n01001,7E12,+493012345,2\n");

        (await LoadAsync(database, "a.csv", "--create")).Error.ShouldContain("zip text, part text, phone text, n bigint");

        (await RowsAsync(database, "SELECT concat_ws('|', zip, part, phone) FROM orders ORDER BY n")).ShouldBe(
            ["00501|12E4|+41441234567", "01001|7E12|+493012345"]);
    }

    Task<CliRun> LoadAsync(TestDatabase database, string file, params string[] more) =>
        CliRun.InAsync(_temp.Path, ["load", file, "--table", "orders", "--db", TestUrl.Of(database), .. more]);

    static async Task<string[]> RowsAsync(TestDatabase database, string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync()) rows.Add(reader.GetString(0));
        return [.. rows];
    }

    [Fact]
    public async Task RunAsync_NothingToInfer_CreatesNothing()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        _temp.Write("empty.csv", "");

        var run = await CliRun.InAsync(_temp.Path, "load", "empty.csv", "--table", "nothing", "--create", "--db",
            TestUrl.Of(database));

        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Error.ShouldContain("nothing to infer");
    }
}
