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
            new GeneratorOptions { OutputDirectory = _temp["in"], Files = 1, RowsPerFile = 500, Interval = TimeSpan.Zero }, null,
            TimeProvider.System, CancellationToken.None);

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
    public async Task RunAsync_EncodingThatNobodyCanTell_IsReadAsToldAndConfigured()
    {
        // In ISO 8859-2, bytes 0xF8 and 0xA9 are other letters than in Windows-1252.
        File.WriteAllBytes(_temp["b.csv"], [.. "id;jm"u8, 0xE9, .. "no\n1;Dvo"u8, 0xF8, .. "\n2;"u8, 0xA9, .. "imek\n"u8]);

        var run = await CliRun.InAsync(_temp.Path, "init", "b.csv", "--table", "b", "--keep-names", "--encoding",
            "iso-8859-2", "--json");

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        using var json = JsonDocument.Parse(run.Output);
        json.RootElement.GetProperty("createTable").GetString()!.ShouldContain("jméno");
        json.RootElement.GetProperty("configuration").GetProperty("pipelines")[0].GetProperty("encoding").GetString()
            .ShouldBe("iso-8859-2");
    }

    [Fact]
    public async Task RunAsync_Json_IsATableThatTheServerFillsAndAConfigurationThatTheProgramReads()
    {
        const string Lines =
            "Order ID;flag;day;at;seen;who;doc;rest\n1;true;2024-01-31;2024-01-31 "
                + "10:00;2024-01-31T10:00:00Z;550e8400-e29b-41d4-a716-446655440000;{};x\n2;no;;;;;;\n";
        _temp.Write("shop orders-2026-01-03.csv", Lines);
        await using var database = await TestPostgres.CreateDatabaseAsync();

        var run = await CliRun.InAsync(_temp.Path, "init", "shop orders-2026-01-03.csv", "--json");

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        var result = JsonDocument.Parse(run.Output).RootElement;
        var pipeline = IngestFile.Parse(result.GetProperty("configuration").GetRawText(),
            "made.json").Pipelines.ShouldHaveSingleItem();
        (pipeline.Name, pipeline.Table, pipeline.Csv.Delimiter).ShouldBe(("shop_orders", "shop_orders", ";"));
        pipeline.Columns.ShouldBe(new Dictionary<string, string> { ["Order ID"] = "order_id" });
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using (var command = new Npgsql.NpgsqlCommand(result.GetProperty("createTable").GetString(), connection))
            await command.ExecuteNonQueryAsync();
        await using (var copy = await connection.BeginTextImportAsync(
            "COPY shop_orders FROM STDIN WITH (FORMAT csv, HEADER, DELIMITER ';')"))
            await copy.WriteAsync(Lines);
        await using var count = new Npgsql.NpgsqlCommand("SELECT count(*) FROM shop_orders", connection);
        (await count.ExecuteScalarAsync()).ShouldBe(2L);
    }

    [Theory]
    [InlineData(",city,n\n0,Bern,5\n", "")]
    [InlineData("city,n,\nGenf,7,x\n", "")]
    [InlineData("id,name,Name,name\n1,a,b,c\n", "")]
    [InlineData("#2,#1,Order ID,order id\n1,a,b,c\n", "")]
    [InlineData("Order ID,order,order,\n1,a,b,c\n", "--keep-names")]
    public async Task RunAsync_HeaderThatNamesNotEachField_GivesAConfigurationThatLoadsAllOfThem(string content, string options)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        _temp.Write("x.csv", content);
        var init = await CliRun.InAsync(_temp.Path,
            ["init", "x.csv", "--table", "t", "--json", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        init.ExitCode.ShouldBe(ExitCode.Done, init.Error);
        var result = JsonDocument.Parse(init.Output).RootElement;
        _temp.Write("ingest.json", result.GetProperty("configuration").GetRawText());
        await using (var create = database.DataSource.CreateCommand(result.GetProperty("createTable").GetString()!))
            await create.ExecuteNonQueryAsync();

        var check = await CliRun.InAsync(_temp.Path, "check", "--db", TestUrl.Of(database));
        var checkFile = await CliRun.InAsync(_temp.Path, "check", "x.csv", "--db", TestUrl.Of(database));
        var load = await CliRun.InAsync(_temp.Path, "load", "x.csv", "--db", TestUrl.Of(database));

        (check.ExitCode, checkFile.ExitCode, load.ExitCode).ShouldBe((ExitCode.Done, ExitCode.Done, ExitCode.Done),
            check.Output + checkFile.Output + load.Error);
        (checkFile.Output + load.Output).ShouldNotContain("note");
        await using var read = database.DataSource.CreateCommand("SELECT * FROM t");
        await using var reader = await read.ExecuteReaderAsync();
        (await reader.ReadAsync()).ShouldBeTrue();
        Enumerable.Range(0, reader.FieldCount).Select(i => $"{reader.GetValue(i)}").ShouldBe(content.Split('\n')[1].Split(','));
    }

    [Theory]
    [InlineData("none.csv", "/none.csv does not exist")]
    [InlineData(".", " is a directory: name one of its files")]
    [InlineData("empty.csv", "nothing to infer")]
    [InlineData("x.csv --delimiter abcdefghi", "--delimiter must be 1 to 8 characters")]
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
