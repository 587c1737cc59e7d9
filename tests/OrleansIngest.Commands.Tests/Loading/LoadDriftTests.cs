using Npgsql;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Loading;

/// <summary><c>load</c> and <c>check</c> of files that differ from their table.</summary>
public sealed class LoadDriftTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    static async Task<string> ScalarAsync(TestDatabase database, string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return $"{await command.ExecuteScalarAsync(TestContext.Current.CancellationToken)}";
    }

    static async Task<TestDatabase> DatabaseAsync(string table)
    {
        var database = await TestPostgres.CreateDatabaseAsync();
        await using var command = database.DataSource.CreateCommand(table);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return database;
    }

    Task<CliRun> RunAsync(TestDatabase database, params string[] arguments) =>
        CliRun.InAsync(_temp.Path, [.. arguments, "--db", TestUrl.Of(database)]);

    /// <summary>The example of the page.</summary>
    [Fact]
    public async Task RunAsync_RescueColumn_KeepsFieldsAndSaysSo()
    {
        await using var database = await DatabaseAsync("CREATE TABLE orders (id int, amount numeric, rescued jsonb)");
        _temp.Write("orders.csv", "id,amount,colour,size\n1,9.50,red,007\n2,3.20,,\n");

        var run = await RunAsync(database, "load", "orders.csv", "--table", "orders", "--rescue-column", "rescued");

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        run.Output.ShouldContain("fields without a column, rescued: colour, size");
        (await ScalarAsync(database, "SELECT string_agg(concat_ws(' ', id, amount, rescued), '; ' ORDER BY id) FROM orders"))
            .ShouldBe("1 9.50 {\"size\": \"007\", \"colour\": \"red\"}; 2 3.20");
    }

    [Fact]
    public async Task RunAsync_AddAndWiden_CheckNamesWhatLoadChanges()
    {
        await using var database = await DatabaseAsync("CREATE TABLE orders (id smallint)");
        _temp.Write("orders.csv", "id,Colour Name\n1,red\n70000,blue\n");
        string[] options = ["orders.csv", "--table", "orders", "--extra-columns", "add", "--type-changes", "widen"];

        var check = await RunAsync(database, ["check", .. options]);
        check.Output.ShouldContain("extraColumns: add (columns for Colour Name)");
        check.Output.ShouldContain("typeChanges: widen (id would become integer)");
        (await ScalarAsync(database,
            "SELECT count(*) FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attnum > 0")).ShouldBe("1");
        var load = await RunAsync(database, ["load", .. options]);

        load.ExitCode.ShouldBe(ExitCode.Done, load.Error);
        (await ScalarAsync(database,
            "SELECT string_agg(concat_ws(' ', id, colour_name), '; ' ORDER BY id) FROM orders")).ShouldBe("1 red; 70000 blue");
        var history = await RunAsync(database, "history", "--kind", "file.drift");
        history.Output.ShouldContain("column colour_name text was added to public.orders for the field Colour Name");
        history.Output.ShouldContain("column id of public.orders is now integer");
    }

    [Fact]
    public async Task RunAsync_CreateWithRescueColumn_MakesTheColumnToo()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        _temp.Write("a.csv", "id\n1\n");
        _temp.Write("b.csv", "id,x\n2,y\n");

        var run = await RunAsync(database, "load", "a.csv", "b.csv", "--table", "orders", "--create", "--rescue-column",
            "rescued");

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        (await ScalarAsync(database, "SELECT string_agg(concat_ws(' ', id, rescued), '; ' ORDER BY id) FROM orders")).ShouldBe(
            "1; 2 {\"x\": \"y\"}");
    }

    [Theory]
    [InlineData("--extra-columns rescue", "--extra-columns rescue needs rescueColumn")]
    [InlineData("--extra-columns add --rescue-column r", "--rescue-column needs extraColumns: rescue")]
    [InlineData("--missing-columns never", "allowOptional")]
    public async Task RunAsync_OptionsThatDoNotGoTogether_AreRefused(string options, string expected)
    {
        await using var database = await DatabaseAsync("CREATE TABLE orders (id int)");
        _temp.Write("a.csv", "id\n1\n");

        var run = await RunAsync(database, ["load", "a.csv", "--table", "orders", .. options.Split(' ')]);

        run.ExitCode.ShouldBe(ExitCode.Usage);
        run.Error.ShouldContain(expected);
    }

    [Fact]
    public async Task RunAsync_MissingColumnsQuarantine_RefusesTheFile()
    {
        await using var database = await DatabaseAsync("CREATE TABLE orders (id int, note text DEFAULT 'n')");
        _temp.Write("a.csv", "id\n1\n");

        var run = await RunAsync(database, "load", "a.csv", "--table", "orders", "--missing-columns", "quarantine");

        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Error.ShouldContain("The file lacks column note");
    }
}
