using Npgsql;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Loading;

/// <summary>Each session costs PostgreSQL as much as many statements: a load of one file opens as few as it can.</summary>
public sealed class LoadSessionsTests : IDisposable
{
    static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    readonly TempDirectory _temp = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task RunAsync_OneFile_HasOneSessionBesideItsLanesAndItsHeartbeat()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await using var holder = await database.DataSource.OpenConnectionAsync(Stop);
        await using (var create = new NpgsqlCommand("CREATE TABLE t (a int)", holder)) await create.ExecuteNonQueryAsync(Stop);
        _temp.Write("x.csv", "a\n1\n");
        await using var transaction = await holder.BeginTransactionAsync(Stop);
        await using (var hold = new NpgsqlCommand("LOCK TABLE t IN SHARE MODE", holder)) await hold.ExecuteNonQueryAsync(Stop);

        var run = CliRun.InAsync(_temp.Path, "load", "x.csv", "--table", "t", "--db", TestUrl.Of(database));
        while (!run.IsCompleted && await PurposesAsync(database, "wait_event_type = 'Lock'") != "lane")
            await Task.Delay(Poll, TimeProvider.System, Stop);
        var sessions = await PurposesAsync(database, "true");
        await transaction.CommitAsync(Stop);

        sessions.ShouldBe("heartbeat lane lane ledger");
        var ended = await run;
        ended.ExitCode.ShouldBe(ExitCode.Done, ended.Error);
    }

    /// <summary>What the sessions of the load are for.</summary>
    static async Task<string> PurposesAsync(TestDatabase database, string condition)
    {
        await using var command = database.DataSource.CreateCommand(
            $"""
            SELECT coalesce(string_agg(purpose, ' ' ORDER BY purpose), '')
            FROM pg_stat_activity, LATERAL (SELECT split_part(application_name, '/', 3) AS purpose) name
            WHERE datname = current_database() AND application_name LIKE 'ingest/%' AND {condition}
            """);
        return (string)(await command.ExecuteScalarAsync(Stop))!;
    }
}
