using System.Text.Json;
using OrleansIngest.Commands.Configuration;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Generator;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests;

public sealed class InitCommandTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task RunAsync_GeneratedEvents_FindsTheirTypes()
    {
        await EventGenerator.WriteAsync(
            new GeneratorOptions { OutputDirectory = _temp["in"], Files = 1, RowsPerFile = 500, Interval = TimeSpan.Zero }, null, TimeProvider.System, CancellationToken.None);

        var run = await CliRun.InAsync(_temp.Path, "init", "in/events-000001.csv");

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        run.Output.ShouldContain("""
            CREATE TABLE events (
                user_id      bigint,
                action       text,
                product_id   bigint,
                product_name text,
                price        numeric,
                event_time   timestamptz,
                session_id   text
            );
            """);
        run.Output.ShouldContain("\"watch\": [\n        \"in\"\n      ]");
    }

    [Fact]
    public async Task RunAsync_Json_IsATableThatTheServerFillsAndAConfigurationThatTheProgramReads()
    {
        const string Lines = "Order ID;flag;day;at;seen;who;doc;rest\n1;true;2024-01-31;2024-01-31 10:00;2024-01-31T10:00:00Z;550e8400-e29b-41d4-a716-446655440000;{};x\n2;no;;;;;;\n";
        _temp.Write("shop orders-2026-01-03.csv", Lines);
        await using var database = await TestPostgres.CreateDatabaseAsync();

        var run = await CliRun.InAsync(_temp.Path, "init", "shop orders-2026-01-03.csv", "--json");

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        var result = JsonDocument.Parse(run.Output).RootElement;
        var pipeline = IngestFile.Parse(result.GetProperty("configuration").GetRawText(), "made.json").Pipelines.ShouldHaveSingleItem();
        (pipeline.Name, pipeline.Table, pipeline.Csv.Delimiter).ShouldBe(("shop_orders", "shop_orders", ';'));
        pipeline.Columns.ShouldBe(new Dictionary<string, string> { ["Order ID"] = "order_id" });
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using (var command = new Npgsql.NpgsqlCommand(result.GetProperty("createTable").GetString(), connection))
            await command.ExecuteNonQueryAsync();
        await using (var copy = await connection.BeginTextImportAsync("COPY shop_orders FROM STDIN WITH (FORMAT csv, HEADER, DELIMITER ';')"))
            await copy.WriteAsync(Lines);
        await using var count = new Npgsql.NpgsqlCommand("SELECT count(*) FROM shop_orders", connection);
        (await count.ExecuteScalarAsync()).ShouldBe(2L);
    }

    [Theory]
    [InlineData("none.csv", "Could not find file")]
    [InlineData("empty.csv", "nothing to infer")]
    [InlineData("x.csv --delimiter ab", "--delimiter must be one character")]
    [InlineData("x.csv --table a.b.c", "must be table or schema.table")]
    public async Task RunAsync_CannotTell_SaysWhy(string line, string expected)
    {
        _temp.Write("empty.csv", "");
        _temp.Write("x.csv", "a,b\n1,2\n");

        var run = await CliRun.InAsync(_temp.Path, ["init", .. line.Split(' ')]);

        run.ExitCode.ShouldBe(ExitCode.Usage);
        run.Error.ShouldContain(expected);
        run.Output.ShouldBeEmpty();
    }
}
