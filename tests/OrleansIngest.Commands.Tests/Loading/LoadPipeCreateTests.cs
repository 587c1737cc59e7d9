using System.IO.Compression;
using System.IO.Pipes;
using System.Text;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Loading;

/// <summary><c>load - --create</c>: the first records of standard input define the table, and are loaded with the rest.</summary>
public sealed class LoadPipeCreateTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("events.csv")]
    [InlineData("events.csv.gz")]
    [InlineData("events.csv.zst")]
    [InlineData("events.utf16.csv")]
    [InlineData("events.ndjson")]
    [InlineData("events.json")]
    public async Task RunAsync_Sample_MakesTheTableOfTheFileAndLoadsAllOfIt(string name)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        var file = Repository.Path($"data/samples/{name}");

        var piped = await LoadAsync(database, await File.ReadAllBytesAsync(file), "piped");
        var loaded = await CliRun.InAsync(_temp.Path, "load", file, "--table", "loaded", "--create", "--db",
            TestUrl.Of(database));

        piped.Error.ShouldBe(loaded.Error.Replace("loaded", "piped", StringComparison.Ordinal));
        piped.ExitCode.ShouldBe(loaded.ExitCode, piped.Error);
        (await RowsAsync(database, "SELECT t::text FROM piped t ORDER BY 1")).ShouldBe(
            await RowsAsync(database, "SELECT t::text FROM loaded t ORDER BY 1"));
        (await RowsAsync(database, "SELECT DISTINCT encode(sha256, 'hex') || rows_loaded FROM ingest.file"))
            .ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(false, "--one-transaction")]
    [InlineData(true)]
    public async Task RunAsync_MoreThanIsExamined_IsLoadedOnce(bool isCompressed, params string[] options)
    {
        const int Rows = 130_000;
        await using var database = await TestPostgres.CreateDatabaseAsync();
        var text = Encoding.UTF8.GetBytes("id,note\n" + string.Concat(Enumerable.Range(1, Rows).Select(i => $"{i},note {i}\n"))
            + "x,too late to be a text\n");

        var run = await LoadAsync(database, isCompressed ? Compress(text) : text, "t", options);

        run.Error.ShouldContain("created t (id bigint, note text)");
        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        (await RowsAsync(database,
            "SELECT concat_ws(' ', count(*), count(DISTINCT id), sum(id)) FROM t WHERE note = 'note ' || id"))
            .ShouldBe([$"{Rows} {Rows} {(long)Rows * (Rows + 1) / 2}"]);
        (await RowsAsync(database, "SELECT concat_ws(' ', line, raw_record) FROM corrupt_records")).ShouldBe(
            [$"{Rows + 2} x,too late to be a text"]);
    }

    [Fact]
    public async Task RunAsync_TableExists_IsLoaded()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await RowsAsync(database, "CREATE TABLE t (id text, more int)");

        var run = await LoadAsync(database, "ID\n1\n2\n"u8.ToArray(), "t");

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        run.Error.ShouldNotContain("created");
        (await RowsAsync(database, "SELECT id FROM t ORDER BY 1")).ShouldBe(["1", "2"]);
    }

    [Theory]
    [InlineData("", "t", ExitCode.Failed, "stdin has no record: there is nothing to infer columns from")]
    [InlineData("PK\u0003\u0004", "t", ExitCode.Failed, "stdin: an archive cannot be read from a pipe")]
    [InlineData("a\n1\n", "t_{folder}", ExitCode.Usage, "--table t_{folder} names a table for each file")]
    public async Task RunAsync_NothingToInferFrom_CreatesNothing(string text, string table, int exitCode, string expected)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();

        var run = await LoadAsync(database, Encoding.UTF8.GetBytes(text), table);

        run.ExitCode.ShouldBe(exitCode);
        run.Error.ShouldContain(expected);
        (await RowsAsync(database,
            "SELECT path FROM ingest.file UNION ALL SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND "
            + " tablename ~ '^t(_|$)'")).ShouldBeEmpty();
    }

    [Fact]
    public async Task RunAsync_DamagedInput_IsToldWithItsName()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        var text = Encoding.UTF8.GetBytes("id\n" + string.Concat(Enumerable.Range(1, 9999).Select(i => $"{i}\n")));

        var run = await LoadAsync(database, Compress(text)[..^20], "t");

        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Error.ShouldStartWith("ingest: stdin: ");
    }

    [Fact]
    public async Task RunAsync_StoppedWhileTheInputIsSilent_Ends()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        using var stop = new CancellationTokenSource();
        using var input = new AnonymousPipeServerStream(PipeDirection.Out);
        var surroundings = CliRun.Surroundings(_temp.Path) with
        {
            Input = () =>
            {
                stop.Cancel();
                return new AnonymousPipeClientStream(PipeDirection.In, input.ClientSafePipeHandle);
            },
        };

        var exitCode = await new IngestCli(StandaloneCommands.Create()).RunAsync(
            ["load", "-", "--table", "t", "--create", "--db", TestUrl.Of(database)], surroundings, stop.Token);

        exitCode.ShouldBe(ExitCode.Interrupted, surroundings.Error.ToString());
    }

    Task<CliRun> LoadAsync(TestDatabase database, byte[] input, string table, params string[] options) =>
        CliRun.WithAsync(StandaloneCommands.Create(),
            CliRun.Surroundings(_temp.Path) with { Input = () => new MemoryStream(input) },
            ["load", "-", "--table", table, "--create", "--db", TestUrl.Of(database), .. options]);

    static byte[] Compress(byte[] text)
    {
        using var stored = new MemoryStream();
        using (var gzip = new GZipStream(stored, CompressionLevel.Fastest)) gzip.Write(text);
        return stored.ToArray();
    }

    static async Task<string[]> RowsAsync(TestDatabase database, string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync()) rows.Add(reader.GetString(0));
        return [.. rows];
    }
}
