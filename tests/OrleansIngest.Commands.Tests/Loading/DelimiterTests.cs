using System.Text.Json;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Loading;

public sealed class DelimiterTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("id;name;price\n1;a;2.5\n2;b;3.5\n", "';'", ";")]
    [InlineData("id|name|price\n1|a|2.5\n2|b|3.5\n", "'|'", "|")]
    [InlineData("id\tname\tprice\n1\ta\t2.5\n2\tb\t3.5\n", "a tab", "tab")]
    public async Task RunAsync_OtherDelimiter_IsNamedAndTheOptionLoadsIt(string content, string shown, string option)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await ExecuteAsync(database, "CREATE TABLE have (id int, name text, price numeric)");
        _temp.Write("s.csv", content);
        _temp.Write("t.csv", content);
        string[] line = ["--table", "have", "--db", TestUrl.Of(database)];

        var refused = await CliRun.InAsync(_temp.Path, ["load", "s.csv", "--delimiter", ",", .. line]);
        var checkedWrong = await CliRun.InAsync(_temp.Path, ["check", "s.csv", "--delimiter", ",", .. line]);
        var checkedRight = await CliRun.InAsync(_temp.Path, ["check", "t.csv", "--delimiter", option, .. line]);
        var loaded = await CliRun.InAsync(_temp.Path, ["load", "t.csv", "--delimiter", option, .. line]);

        refused.ExitCode.ShouldBe(ExitCode.Failed);
        refused.Error.ShouldContain($"The delimiter looks like {shown}: --delimiter ");
        checkedWrong.ExitCode.ShouldBe(ExitCode.Failed);
        checkedWrong.Output.ShouldContain($"The delimiter looks like {shown}: --delimiter ");
        checkedRight.ExitCode.ShouldBe(ExitCode.Done, checkedRight.Output + checkedRight.Error);
        loaded.ExitCode.ShouldBe(ExitCode.Done, loaded.Error);
        (await RowsAsync(database, "have")).ShouldBe("1a2.5 2b3.5");
    }

    [Fact]
    public async Task RunAsync_NothingIsTold_FindsOutAndSaysSo()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await ExecuteAsync(database, "CREATE TABLE have (id int, name text, price numeric)");
        _temp.Write("a.csv", "Prices of May\n\nid;name;price\n1;a;2.5\n");
        _temp.Write("b.csv", "id|name|price\n2|b|3.5\n");
        string[] line = ["--table", "have", "--db", TestUrl.Of(database)];

        var tried = await CliRun.InAsync(_temp.Path, ["check", "a.csv", .. line]);
        var first = await CliRun.InAsync(_temp.Path, ["load", "a.csv", .. line]);
        var second = await CliRun.InAsync(_temp.Path, ["load", "b.csv", .. line]);

        tried.Output.ShouldContain("the delimiter is ';'");
        first.Output.ShouldContain("the delimiter is ';'; lines 1 to 2 are before the header");
        second.Output.ShouldContain("the delimiter is '|'; unlike the first files of this pipeline (delimiter ';'");
        second.Output.ShouldNotContain("delimiter '|', quote"); // that is said already, or the same
        (await RowsAsync(database, "have")).ShouldBe("1a2.5 2b3.5");
    }

    [Fact]
    public async Task RunAsync_CreateWithAnotherDelimiter_TakesTheOneThatSplits()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        _temp.Write("s.csv", "id;name;\"a, b\"\n1;x;2,5\n2;y;3,5\n");

        var run = await CliRun.InAsync(_temp.Path, "load", "s.csv", "--table", "fresh", "--create", "--json", "--db",
            TestUrl.Of(database));

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        JsonDocument.Parse(run.Output).RootElement.GetProperty("rowsLoaded").GetInt64().ShouldBe(2);
        (await RowsAsync(database, "fresh")).ShouldBe("1x2,5 2y3,5");
    }

    [Fact]
    public async Task RunAsync_CreateWithAChosenDelimiter_TakesThat()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        _temp.Write("s.csv", "a;b\n1;2\n");

        var run = await CliRun.InAsync(_temp.Path, "load", "s.csv", "--table", "fresh", "--create", "--delimiter", ",", "--db",
            TestUrl.Of(database));

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        (await RowsAsync(database, "fresh")).ShouldBe("1;2");
    }

    [Theory]
    [InlineData("load", "s.csv", "--table", "fresh", "--create")]
    [InlineData("load", "s.csv", "--table", "have", "--delimiter", "auto")]
    [InlineData("load", "s.csv", "--table", "have")]
    [InlineData("check", "s.csv", "--table", "have")]
    public async Task RunAsync_LineThatNamesTheDelimiter_IsUnderstood(params string[] line)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await ExecuteAsync(database, "CREATE TABLE have (id int, name text)");
        _temp.Write("s.csv", "sep=;\nid;name\n1;a\n");

        var run = await CliRun.InAsync(_temp.Path, [.. line, "--db", TestUrl.Of(database)]);

        run.ExitCode.ShouldBe(ExitCode.Done, run.Output + run.Error);
        if (line[0] == "load") (await RowsAsync(database, line[3])).ShouldBe("1a");
    }

    [Fact]
    public async Task RunAsync_InitLineThatNamesTheDelimiter_IsUnderstood()
    {
        _temp.Write("s.csv", "sep=;\nid;name\n1;a\n");

        var run = await CliRun.InAsync(_temp.Path, "init", "s.csv");

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        run.Output.ShouldContain("\"delimiter\": \";\"");
    }

    static async Task<string> RowsAsync(TestDatabase database, string table)
    {
        await using var command = database.DataSource.CreateCommand(
            $"SELECT coalesce(string_agg((SELECT string_agg(value, '' ORDER BY place) FROM json_each_text(row_to_json(t)) WITH "
                + $"ORDINALITY e (name, value, place)), ' ' ORDER BY t::text), '') FROM {table} t");
        return (string)(await command.ExecuteScalarAsync())!;
    }

    static async Task ExecuteAsync(TestDatabase database, string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
