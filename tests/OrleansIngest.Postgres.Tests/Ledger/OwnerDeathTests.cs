using OrleansIngest.Engine.Ledger;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Ledger;

/// <summary>Claims that end with the death of their owner, written into the ledger as deaths leave it.</summary>
public sealed class OwnerDeathTests
{
    const string Table = "CREATE TABLE t (id int)";
    int _nodes;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Deaths_in_a_row_without_a_commit_quarantine_a_file()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.MaxOwnerDeaths = 3);
        await ReadyAsync(bench, 1);

        for (var death = 1; death <= 3; death++)
        {
            (await bench.ScalarAsync<string>("SELECT status FROM ingest.file")).ShouldBe("ready");
            await ClaimAndDieAsync(bench, "dead");
        }

        (await bench.RowsAsync(
            "SELECT status, owner_deaths, reason LIKE '3 consecutive workers crashed%' FROM ingest.file")).ShouldBe(
                ["quarantined|3|True"]);
        (await bench.RowsAsync("SELECT kind, node FROM ingest.history WHERE kind LIKE 'file.%'")).ShouldBe(
            ["file.quarantined|n3"]);
    }

    [Fact]
    public async Task Claim_that_committed_something_clears_its_file_and_a_node_that_left_says_nothing()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.MaxOwnerDeaths = 3);
        await ReadyAsync(bench, 1);

        await ClaimAndDieAsync(bench, "dead");
        await ClaimAndDieAsync(bench, "left");
        (await bench.RowsAsync("SELECT owner_deaths FROM ingest.file")).ShouldBe(["1"]);
        await ClaimAndDieAsync(bench, "dead", commits: true);

        (await bench.RowsAsync("SELECT status, owner_deaths FROM ingest.file")).ShouldBe(["ready|0"]);
    }

    [Fact]
    public async Task Suspects_are_given_out_one_at_a_time_those_with_the_fewest_deaths_first()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        await ReadyAsync(bench, 4);
        await bench.ExecuteAsync(
            "UPDATE ingest.file SET owner_deaths = CASE WHEN path LIKE '%/0.csv' THEN 4 WHEN path LIKE '%/3.csv' THEN 0 "
                + "ELSE 2 END");
        var node = await bench.StartNodeAsync();

        var first = await node.Files.ClaimAsync("test", node.Id, 10, null, Stop);
        var none = await node.Files.ClaimAsync("test", node.Id, 10, null, Stop);
        await bench.ExecuteAsync("UPDATE ingest.file SET status = 'loaded' WHERE status = 'loading'");
        var second = await node.Files.ClaimAsync("test", node.Id, 10, null, Stop);

        first.Select(c => Path.GetFileName(c.File.Path)).Order().ShouldBe(["1.csv", "3.csv"]);
        none.ShouldBeEmpty();
        second.Select(c => Path.GetFileName(c.File.Path)).ShouldBe(["2.csv"]);
    }

    [Theory]
    [InlineData("draining")]
    [InlineData("left")]
    [InlineData("dead")]
    public async Task Node_that_is_not_alive_gets_no_files(string state)
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        await ReadyAsync(bench, 1);
        var node = await bench.StartNodeAsync();
        await bench.ExecuteAsync($"UPDATE ingest.node SET state = '{state}' WHERE node = '{node.Id}'");

        (await node.Files.ClaimAsync("test", node.Id, 10, null, Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Claim_that_is_on_its_way_when_its_node_leaves_is_given_back()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        await ReadyAsync(bench, 1);
        var node = await bench.StartNodeAsync();
        await using var connection = await bench.Database.DataSource.OpenConnectionAsync(Stop);
        await using var claiming = await connection.BeginTransactionAsync(Stop);
        await using (var claim = new Npgsql.NpgsqlCommand(
            $"SELECT FROM ingest.node WHERE node = '{node.Id}' FOR SHARE; UPDATE ingest.file SET status = 'loading', owner_node "
                + $"= '{node.Id}', epoch = epoch + 1", connection))
        {
            await claim.ExecuteNonQueryAsync(Stop);
        }

        var leaving = bench.EndNodeAsync(node);
        await bench.UntilAsync("the node waits for the claim",
            "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database() AND query "
                + "LIKE '%left_at%'");
        await claiming.CommitAsync(Stop);
        await leaving;

        (await bench.RowsAsync(
            "SELECT f.status, n.state FROM ingest.file f JOIN ingest.node n ON n.node = f.owner_node")).ShouldBe(["ready|left"]);
    }

    [Fact]
    public async Task One_shot_load_takes_all_suspects_in_one_run()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var paths = await ReadyAsync(bench, 5);
        await bench.ExecuteAsync("UPDATE ingest.file SET owner_deaths = 3");

        var states = await bench.LoadAsync(paths);

        states.ShouldAllBe(s => s.Status == "loaded");
    }

    async Task<string[]> ReadyAsync(LoadBench bench, int files)
    {
        var node = await bench.StartNodeAsync();
        var paths = Enumerable.Range(0, files).Select(i => bench.Write($"{i}.csv", $"id\n{i}\n")).ToArray();
        await node.Files.NoteFilesAsync("test", [.. paths.Select(LoadBench.Stat)], "ready", null, Stop);
        return paths;
    }

    async Task ClaimAndDieAsync(LoadBench bench, string state, bool commits = false)
    {
        var node = new NodeId($"n{++_nodes}");
        await bench.ExecuteAsync($"""
            INSERT INTO ingest.node (node, kind, host, pid, version, cores, memory_bytes, lanes, capacity, state, lock_key)
            VALUES ('{node}', 'silo', 'h', 1, '0', 1, 1, 1, 1, 'alive', {_nodes})
            """);
        var claim = (await new FileLedger(bench.Database.DataSource).ClaimAsync("test", node, 1, null, Stop)).Single();
        await bench.ExecuteAsync($"UPDATE ingest.node SET state = '{state}' WHERE node = '{node}'");
        if (commits)
        {
            await bench.ExecuteAsync($"""
                INSERT INTO ingest.batch VALUES ({claim.FileId}, 0, 3, 1, 1, 0, 1, 0, 0, 0, {claim.Epoch}, '{node}', 1, 0, 0, 0,
                    0)
                """);
        }

        (await new NodeLedger(bench.Database.DataSource).FreeFilesAsync(Stop)).ShouldBe([(claim.FileId, node)]);
    }
}
