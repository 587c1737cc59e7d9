using System.Text;
using System.Text.Json;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Checks;

/// <summary>The law of <c>check FILE</c>: what it calls good loads, what it refuses is refused in the same words, and what it
/// would reject is rejected.</summary>
public sealed class CheckAgreesWithLoadTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    /// <summary>A name for people, and the file's bytes.</summary>
    static readonly Dictionary<string, byte[]> Files = new()
    {
        ["good"] = Utf8("id,name,at\n1,a,2024-01-01T00:00:00Z\n2,b,\n"),
        ["empty"] = [],
        ["only a line break"] = Utf8("\n"),
        ["only a header"] = Utf8("id,name\n"),
        ["header without line break"] = Utf8("id,name"),
        ["blank lines"] = Utf8("id,name\n\n1,a\n\n\n2,b\n\n"),
        ["byte order mark"] = Utf8("\uFEFFid,name\n1,a\n"),
        ["byte order mark alone"] = Utf8("\uFEFF"),
        ["CRLF"] = Utf8("id,name\r\n1,a\r\n"),
        ["CR alone"] = Utf8("id,name\r1,a\r"),
        ["semicolons"] = Utf8("id;name\n1;a\n"),
        ["tabs"] = Utf8("id\tname\n1\ta\n"),
        ["note for spreadsheets"] = Utf8("sep=,\nid,name\n1,a\n"),
        ["no column known"] = Utf8("x,y\n1,2\n"),
        ["required column missing"] = Utf8("name\na\n"),
        ["name twice"] = Utf8("id,id\n1,2\n"),
        ["unknown column"] = Utf8("id,name,mood\n1,a,fine\n"),
        ["too few fields"] = Utf8("id,name\n1\n2,b\n"),
        ["too many fields"] = Utf8("id,name\n1,a,x\n2,b\n"),
        ["trailing commas"] = Utf8("id,name,\n1,a,\n"),
        ["broken quote"] = Utf8("id,name\n1,\"a\n2,b\n"),
        ["quote at the end of the file"] = Utf8("id,name\n1,a\n2,\""),
        ["line break in a cell"] = Utf8("id,name\n1,\"a\nb\"\n"),
        ["bad values"] = Utf8("id,name,at\nx,a,\n2,b,yesterday-ish\n3,c,2024-01-01\n"),
        ["null in a required column"] = Utf8("id,name\n,a\n2,b\n"),
        ["out of range"] = Utf8("id,name\n99999999999,a\n"),
        ["odd spellings that the server decides"] = Utf8("id,at\n 1 ,2024-01-01 00:00 UTC\n2,Jan 5 2025 10:00 UTC\n3,today\n"),
        ["NUL"] = Utf8("id,name\n1,a\0b\n2,b\n"),
        ["not UTF-8"] = [.. Utf8("id,name\n1,"), 0xE4, .. Utf8("\n2,b\n")],
        ["UTF-16"] = [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("id,name\n1,a\n")],
        ["gzip"] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0],
        ["ZIP"] = Utf8("PK\u0003\u0004 and more"),
        ["binary"] = [.. Enumerable.Range(0, 2000).Select(i => (byte)(i * 7919 % 251))],
        ["long header"] = Utf8(new string('x', 3_000) + ",id\n1,2\n"),
        ["long record"] = Utf8("id,name\n1," + new string('x', 5_000) + "\n2,b\n"),
        ["long text"] = Utf8("id,code\n1,toolong\n2,ok\n"),
        ["generated column"] = Utf8("id,twice\n1,2\n"),
        ["quoted header"] = Utf8("\"id\",\"name\"\n1,a\n"),
        ["capitals in the header"] = Utf8("ID, Name \n1,a\n"),
    };

    public static TheoryData<string> Names() => [.. Files.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task RunAsync_OddFile_IsTheSameToCheckAndToLoad(string name)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await using (var create = database.DataSource.CreateCommand(
            "CREATE TABLE odd (id int NOT NULL, name text, at timestamptz, code varchar(3), twice int GENERATED ALWAYS AS (id * "
                + "2) STORED)"))
        {
            await create.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        _temp.Write("ingest.json",
            """{ "pipelines": [ { "name": "odd", "watch": ["in"], "table": "odd", "csv": { "maxRecordBytes": "2KiB" } } ] }""");
        await File.WriteAllBytesAsync(_temp["x.csv"], Files[name], TestContext.Current.CancellationToken);
        string[] line = ["x.csv", "--db", TestUrl.Of(database)];

        var check = await CliRun.InAsync(_temp.Path, ["check", .. line, "--json"]);
        var load = await CliRun.InAsync(_temp.Path, ["load", .. line]);

        var expected = JsonDocument.Parse(check.Output).RootElement;
        var refusal = expected.GetProperty("refusal").GetString();
        await using var command = database.DataSource.CreateCommand(
            "SELECT status, coalesce(reason, error), rows_loaded, rows_rejected, rows_skipped FROM ingest.file");
        await using var file = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        (await file.ReadAsync(TestContext.Current.CancellationToken)).ShouldBeTrue(load.Error);
        if (refusal is not null)
        {
            check.ExitCode.ShouldBe(ExitCode.Failed);
            load.ExitCode.ShouldBe(ExitCode.Failed);
            (file.GetString(0), file.GetString(1)).ShouldBe(("quarantined", refusal));
            load.Error.ShouldContain(refusal);
            return;
        }

        file.GetString(0).ShouldBe("loaded", load.Error);
        load.ExitCode.ShouldBe(file.GetInt64(2) == 0 && file.GetInt64(3) > 0 ? ExitCode.Failed : ExitCode.Done, load.Error);
        (file.GetInt64(2), file.GetInt64(3), file.GetInt64(4)).ShouldBe(
            (expected.GetProperty("rowsGood").GetInt64(), expected.GetProperty("rowsRejected").GetInt64(),
                expected.GetProperty("rowsSkipped").GetInt64()));
        check.ExitCode.ShouldBe(file.GetInt64(3) == 0 ? ExitCode.Done : ExitCode.Failed);
        await file.CloseAsync();
        await RejectsShouldAgreeAsync(database, expected);
    }

    static async Task RejectsShouldAgreeAsync(TestDatabase database, JsonElement expected)
    {
        await using var command = database.DataSource.CreateCommand(
            "SELECT line, reason, column_name, detail FROM corrupt_records ORDER BY byte_offset");
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var found = new List<string>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            found.Add($"{reader[0]} {reader[1]} {reader[2]} {reader[3]}");

        found.ShouldBe(expected.GetProperty("rejects").EnumerateArray()
            .Select(r => $"{r.GetProperty("line")} {r.GetProperty("reason")} {r.GetProperty("column")} {r.GetProperty("detail")}")
            .Take(found.Count));
    }

    static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
