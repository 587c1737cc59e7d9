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
        await using var command = database.DataSource.CreateCommand($"SELECT count(*) || ' ' || sum(order_id) || ' ' || sum(price) FROM {sqlName}");
        (await command.ExecuteScalarAsync()).ShouldBe("3 6 3.50");
    }

    [Fact]
    public async Task RunAsync_NothingToInfer_CreatesNothing()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        _temp.Write("empty.csv", "");

        var run = await CliRun.InAsync(_temp.Path, "load", "empty.csv", "--table", "nothing", "--create", "--db", TestUrl.Of(database));

        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Error.ShouldContain("nothing to infer");
    }
}
