using System.Text.Json;
using Npgsql;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Loading;

public sealed class LoadMetadataTests : IDisposable
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

    /// <summary>Rows by each of the four ways: encoded, after the server's judgement of a value, and
    /// both in COPY's text format.</summary>
    [Theory]
    [InlineData("date")]
    [InlineData("date, p point")]
    public async Task RunAsync_Metadata_FillsItsColumnsInEveryRow(string type)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await ExecuteAsync(
            database.DataSource,
            $"CREATE TABLE t (src_line bigint, id int, src_file text, d {type}, day date, file_id bigint, at timestamptz, rec "
                + "text, pos bigint, v int)");
        var point = type.Contains("point", StringComparison.Ordinal);
        var extra = point ? ",\"(1,2)\"" : "";
        _temp.Write("orders-2025-01-31.csv",
            $"id,d{(point ? ",p" : "")}\n1,2025-01-01{extra}\n\n\"2\",January 8 "
                + $"1999{extra}\n3,2025-01-03{extra}\nx,2025-01-03{extra}\n");

        var run = await CliRun.InAsync(
            _temp.Path, "load", "orders-2025-01-31.csv", "--table", "t", "--db", TestUrl.Of(database),
            "--metadata", "src_line={line}", "--metadata", "src_file={name}", "--metadata",
            @"day={name:orders-(\d{4}-\d\d-\d\d)}",
            "--metadata", "file_id={fileId}", "--metadata", "at={now}", "--metadata", "rec=r{record}", "--metadata",
            "pos={position}",
            "--metadata", "v={version}");

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        (await ScalarAsync(database.DataSource,
            "SELECT string_agg(concat_ws(' ', id, d, src_line, rec, day, v), '; ' ORDER BY id) FROM t"))
            .ShouldBe("1 2025-01-01 2 r1 2025-01-31 1; 2 1999-01-08 4 r3 2025-01-31 1; 3 2025-01-03 5 r4 2025-01-31 1");
        (await ScalarAsync(database.DataSource,
            "SELECT min(src_file) = max(src_file) AND min(src_file) = 'orders-2025-01-31.csv' FROM t")).ShouldBe("True");
        (await ScalarAsync(
            database.DataSource,
            "SELECT count(*) FROM t JOIN ingest.file f USING (file_id) WHERE at BETWEEN now() - interval '1 "
                + "hour' AND now()")).ShouldBe("3");

        var where = await CliRun.InAsync(_temp.Path, "where", "t", "id = 2", "--db", TestUrl.Of(database), "--json");
        where.Output.ShouldContain(
            $"\"path\":\"{Path.Combine(_temp.Path, "orders-2025-01-31.csv")}\",\"version\":1,\"status\":\"loaded\",\"line\":4,");
        JsonDocument.Parse(where.Output).RootElement[0].GetProperty("row").GetProperty("id").GetInt32().ShouldBe(2);

        // A reject that is mended gets the metadata of where it stood.
        await ExecuteAsync(database.DataSource, "UPDATE corrupt_records SET raw_record = replace(raw_record, 'x,', '9,')");
        var lineOf = await ScalarAsync(database.DataSource, "SELECT line || ' ' || byte_offset FROM corrupt_records");
        var replay = await CliRun.InAsync(_temp.Path, "replay", "--rejects", "--db", TestUrl.Of(database));
        replay.ExitCode.ShouldBe(ExitCode.Done, replay.Error + replay.Output);
        (await ScalarAsync(database.DataSource, "SELECT src_line || ' ' || pos FROM t WHERE id = 9")).ShouldBe(lineOf);
    }

    [Theory]
    [InlineData("mdae", "true", "Table mdae does not exist", "Did you mean made?")]
    [InlineData("made", "id =", "made cannot be searched: the condition is incomplete", "")]
    [InlineData("made", "note = 'ä' AND (id = 1", "made cannot be searched: the condition is incomplete", "")]
    [InlineData("made", "id == 1", "made cannot be searched for this condition: operator does not exist", "")]
    public async Task Where_MistypedTableOrCondition_SaysWhatIsWrong(string table, string condition, string expected, string hint)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        _temp.Write("a.csv", "id,note\n1,x\n");
        (await CliRun.InAsync(
            _temp.Path, "load", "a.csv", "--table", "made", "--create", "--metadata", "file={fileId}", "--db",
            TestUrl.Of(database))).ExitCode.ShouldBe(ExitCode.Done);

        var run = await CliRun.InAsync(_temp.Path, "where", table, condition, "--db", TestUrl.Of(database));

        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Error.ShouldContain(expected);
        run.Error.ShouldContain(hint);
        run.Error.ShouldNotContain("LIMIT");
    }

    [Fact]
    public async Task Where_TableWithoutMetadata_SaysWhatWouldAnswer()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await ExecuteAsync(database.DataSource, "CREATE TABLE t (id int)");

        var run = await CliRun.InAsync(_temp.Path, "where", "t", "id = 2", "--db", TestUrl.Of(database));

        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Error.ShouldContain("do not store their origin");
    }

    [Fact]
    public async Task Where_ConditionThatChanges_ChangesNothing()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        _temp.Write("a.csv", "id\n1\n2\n");
        await CliRun.InAsync(
            _temp.Path, "load", "a.csv", "--table", "made", "--create", "--db", TestUrl.Of(database), "--metadata", "src={path}");

        var run = await CliRun.InAsync(
            _temp.Path, "where", "made", "true) r; DELETE FROM made; SELECT 1 FROM (SELECT 1", "--db", TestUrl.Of(database));

        run.ExitCode.ShouldNotBe(ExitCode.Done);
        (await ScalarAsync(database.DataSource, "SELECT count(*) FROM made")).ShouldBe("2");
    }

    [Fact]
    public async Task RunAsync_CreateWithMetadata_MakesItsColumns()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        _temp.Write("a.csv", "id\n1\n2\n");

        var run = await CliRun.InAsync(
            _temp.Path, "load", "a.csv", "--table", "made", "--create", "--db", TestUrl.Of(database),
            "--metadata", "src={folder}/{name}", "--metadata", "n={line}", "--metadata", "at={now}");

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        (await ScalarAsync(
            database.DataSource,
            "SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum) FROM pg_attribute WHERE "
                + "attrelid = 'made'::regclass AND attnum > 0"))
            .ShouldBe("id bigint, src text, n bigint, at timestamp with time zone");
        (await ScalarAsync(database.DataSource, "SELECT string_agg(id || ':' || n, ' ' ORDER BY id) FROM made")).ShouldBe(
            "1:2 2:3");
    }

    [Theory]
    [InlineData("day={name:orders-(\\d+)}", "needs a value, but the file's name does not match the expression of its metadata")]
    [InlineData("n={name}", "metadata of column \"n\" (integer): invalid input syntax for type integer: \"a.csv\"")]
    public async Task RunAsync_MetadataThatDoesNotFit_QuarantinesTheFileWithTheReason(string metadata, string expected)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await ExecuteAsync(database.DataSource, "CREATE TABLE t (id int, day text NOT NULL DEFAULT '', n int)");
        _temp.Write("a.csv", "id\n1\n");

        var run = await CliRun.InAsync(_temp.Path, "load", "a.csv", "--table", "t", "--db", TestUrl.Of(database),
            "--metadata", metadata);

        run.ExitCode.ShouldBe(ExitCode.Failed);
        (run.Output + run.Error).ShouldContain(expected);
        (await ScalarAsync(database.DataSource, "SELECT count(*) FROM t")).ShouldBe("0");
    }

    [Theory]
    [InlineData("src", "must be COLUMN=TEMPLATE")]
    [InlineData("src={dya}", "neither a variable nor a named group")]
    [InlineData("src={path", "unmatched {")]
    public async Task RunAsync_MetadataThatIsNone_SaysWhatIsWrong(string metadata, string expected)
    {
        _temp.Write("a.csv", "id\n1\n");

        var run = await CliRun.InAsync(_temp.Path, "load", "a.csv", "--table", "t", "--metadata", metadata);

        run.ExitCode.ShouldBe(ExitCode.Usage);
        run.Error.ShouldContain(expected);
    }

}
