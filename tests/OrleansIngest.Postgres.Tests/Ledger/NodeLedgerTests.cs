using Npgsql;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Ledger;

/// <summary>Who is taken for dead.</summary>
public sealed class NodeLedgerTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Silent_node_that_holds_its_lock_is_dead_only_for_those_who_may_judge_silence()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        var ledger = new NodeLedger(database.DataSource);
        await using var holder = await JoinAsync(database, "silent", silentFor: 9, holdsLock: true);

        (await ledger.ReapNodesAsync(new NodeId("me"), canDeclareDead: false, Token)).ShouldBeEmpty();
        (await ledger.ReapNodesAsync(new NodeId("me"), canDeclareDead: true, Token)).ShouldBe(
            [(new NodeId("silent"), "no heartbeat")]);
    }

    [Fact]
    public async Task Node_whose_lock_is_free_is_dead_for_everybody_and_only_once()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        var ledger = new NodeLedger(database.DataSource);
        await using var holder = await JoinAsync(database, "alive", silentFor: 0, holdsLock: true);
        await using var gone = await JoinAsync(database, "gone", silentFor: 0, holdsLock: false);
        // A server that has just started proves nothing by a free lock.
        await using var wait = database.DataSource.CreateCommand(
            "SELECT pg_sleep(greatest(0, 5.1 - extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())))");
        await wait.ExecuteNonQueryAsync(Token);

        (await ledger.ReapNodesAsync(new NodeId("me"), canDeclareDead: false, Token)).ShouldBe(
            [(new NodeId("gone"), "its process is gone")]);
        (await ledger.ReapNodesAsync(new NodeId("me"), canDeclareDead: true, Token)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("me", "alive", "loaded", true)]
    [InlineData("other", "left", "ready", true)]
    [InlineData("other", "dead", "loaded", true)]
    [InlineData("other", "alive", "loaded", false)]
    [InlineData("other", "draining", "loaded", false)]
    [InlineData("other", "left", "loading", false)]
    public async Task Node_is_alone_unless_another_has_not_left_or_a_file_is_being_loaded(
        string node, string state, string file, bool isAlone)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await using var holder = await JoinAsync(database, node, silentFor: 0, holdsLock: true);
        await using var command = database.DataSource.CreateCommand(
            $"""
            UPDATE ingest.node SET state = '{state}';
            INSERT INTO ingest.pipeline (name, config) VALUES ('p', '{"{}"}');
            INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status, owner_node)
                VALUES ('p', '/f', 1, 1, 0, 0, '{file}', 'gone')
            """);
        await command.ExecuteNonQueryAsync(Token);

        (await new NodeLedger(database.DataSource).IsAloneAsync(new NodeId("me"), Token)).ShouldBe(isAlone);
    }

    /// <returns>The connection that holds the node's lock, or might.</returns>
    static async Task<NpgsqlConnection> JoinAsync(TestDatabase database, string name, int silentFor, bool holdsLock)
    {
        var connection = await database.DataSource.OpenConnectionAsync(Token);
        var key = NodeLedger.LockKeyOf(new NodeId(name));
        if (holdsLock)
        {
            await using var hold = new NpgsqlCommand("SELECT pg_advisory_lock($1)", connection)
            { Parameters = { new() { Value = key } } };
            await hold.ExecuteNonQueryAsync(Token);
        }

        await using var join = new NpgsqlCommand(
            """
            INSERT INTO ingest.node (node, kind, host, pid, version, cores, memory_bytes, lanes, capacity, state, lock_key,
                heartbeat_at)
            VALUES ($1, 'silo', 'h', 1, '1', 1, 1, 1, 1, 'alive', $2, clock_timestamp() - make_interval(secs => $3))
            """, connection)
        {
            Parameters = { new() { Value = name }, new() { Value = key }, new() { Value = (double)silentFor } },
        };
        await join.ExecuteNonQueryAsync(Token);
        return connection;
    }
}
