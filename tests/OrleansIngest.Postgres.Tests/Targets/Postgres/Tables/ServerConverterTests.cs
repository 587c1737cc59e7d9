using Npgsql;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Targets.Postgres.Tables;
using OrleansIngest.Postgres.Tests.Targets.Postgres.Encoders;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Targets.Postgres.Tables;

public sealed class ServerConverterTests : IAsyncLifetime
{
    TestDatabase _database = null!;
    NpgsqlConnection _connection = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestPostgres.CreateDatabaseAsync();
        _connection = await _database.DataSource.OpenConnectionAsync();
        await EncoderLaw.ExecuteAsync(_connection, """
            CREATE DOMAIN positive AS numeric(6,2) CHECK (VALUE > 0);
            CREATE TABLE t (number positive, word varchar(3), day date, doc json);
            """);
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Convert_GoodAndBadValues_AnswersEachInItsPlace()
    {
        var answers = await ConvertAsync("number", ["1.005", "abc", "99999", "-1", "2"]);

        answers.Select(a => a.Message ?? Convert.ToHexString(a.Value!)).ShouldBe(
        [
            "0002000000000002" + "00010064",
            "invalid input syntax for type numeric: \"abc\"",
            "numeric field overflow",
            "value for domain positive violates check constraint \"positive_check\"",
            "0001000000000002" + "0002",
        ]);
        answers.Select(a => a.SqlState).ShouldBe([null, "22P02", "22003", "23514", null]);
    }

    [Fact]
    public async Task Convert_ColumnWithALength_AppliesItAsCopyDoes()
        => (await ConvertAsync("word", ["abc", "abc  ", "abcd"])).Select(a => a.IsRejected).ShouldBe([false, false, true]);

    [Fact]
    public async Task Convert_InsideATransaction_LeavesItHealthy()
    {
        await using var transaction = await _connection.BeginTransactionAsync();
        await EncoderLaw.ExecuteAsync(_connection, "INSERT INTO t (word) VALUES ('in')");

        (await ConvertAsync("day", ["2019-02-30", "1 Oct 2019", "no day"])).Select(a => a.IsRejected)
            .ShouldBe([true, false, true]);

        await transaction.CommitAsync();
        await using var count = new NpgsqlCommand("SELECT count(*) FROM t", _connection);
        (await count.ExecuteScalarAsync()).ShouldBe(1L);
    }

    [Fact]
    public async Task Convert_ThousandsWithBadOnesAmongThem_FindsExactlyThose()
    {
        var values = Enumerable.Range(1,
            3000).Select(i => i % 97 == 0 ? $"bad {i}" : $"{1 + (i % 12)}/{1 + (i % 28)}/2020").ToArray();

        var answers = await ConvertAsync("day", values);

        Enumerable.Range(1, 3000).Where(i => answers[i - 1].IsRejected)
            .ShouldBe(Enumerable.Range(1, 3000).Where(i => i % 97 == 0));
        answers[96].Message.ShouldBe("invalid input syntax for type date: \"bad 97\"");
    }

    [Fact]
    public async Task Convert_JsonScalar_KeepsTheTextOfTheValue()
        => (await ConvertAsync("doc", ["\"a\"", " {\"b\":\t1} "])).Select(a => System.Text.Encoding.UTF8.GetString(a.Value!))
            .ShouldBe(["\"a\"", " {\"b\":\t1} "]);

    [Fact]
    public async Task Convert_NoValues_AsksNothing() => (await ConvertAsync("day", [])).ShouldBeEmpty();

    [Fact]
    public async Task Convert_Cancelled_IsNotTakenForARefusal()
    {
        await EncoderLaw.ExecuteAsync(_connection, """
            CREATE FUNCTION slow(numeric) RETURNS bool LANGUAGE sql AS 'SELECT pg_sleep(60) IS NOT NULL';
            CREATE DOMAIN slow_number AS numeric CHECK (slow(VALUE));
            ALTER TABLE t ADD COLUMN slow slow_number;
            SET statement_timeout = 200;
            """);

        (await Should.ThrowAsync<PostgresException>(() => ConvertAsync("slow", ["1", "2"]))).SqlState.ShouldBe(
            PostgresErrorCodes.QueryCanceled);
    }

    [Fact]
    public async Task Script_AppliedTwice_Works()
    {
        (await Migrations.ApplyAsync(_database.DataSource, default)).ShouldBeFalse();
        using var stream = typeof(Migrations).Assembly.GetManifestResourceStream("sql/020-ingest-convert.sql")!;
        using var reader = new StreamReader(stream);
        await EncoderLaw.ExecuteAsync(_connection, await reader.ReadToEndAsync());

        (await ConvertAsync("day", ["epoch"])).Single().IsRejected.ShouldBeFalse();
    }

    async Task<IReadOnlyList<ConvertedValue>> ConvertAsync(string column, string[] values)
    {
        var table = await TargetTable.ReadAsync(_connection, "t", default);
        return await ServerConverter.ConvertAsync(_connection, table.Columns.Single(c => c.Name == column), values, default);
    }
}
