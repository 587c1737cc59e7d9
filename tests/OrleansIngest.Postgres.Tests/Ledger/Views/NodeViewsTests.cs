using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Ledger.Views;

/// <summary>What a reader sees of nodes that nobody judges.</summary>
public sealed class NodeViewsTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Node_without_a_heartbeat_is_silent_to_a_reader_although_no_silo_has_judged()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await AddAsync(database, "beats", "alive", 3);
        await AddAsync(database, "killed", "alive", 9);
        await AddAsync(database, "killed-in-its-drain", "draining", 9);
        await AddAsync(database, "killed-last-week", "alive", 7 * 24 * 3600);

        (await new NodeViews(database.DataSource).ListAsync(Token)).Select(n => $"{n.Node} {n.State}")
            .ShouldBe(["beats alive", "killed silent", "killed-in-its-drain silent"]);
        (await new PipelineViews(database.DataSource).OverviewAsync(Token)).Nodes.ShouldBe(new NodeCounts(1, 0, 0, 2));
    }

    [Fact]
    public async Task Node_of_an_older_program_has_its_host_for_a_machine()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await AddAsync(database, "old", "alive", 0);

        var node = (await new NodeViews(database.DataSource).ListAsync(Token)).ShouldHaveSingleItem();

        (node.Machine, node.MachineCores, node.MachineMemoryBytes).ShouldBe(("h", 4, 1000L));
    }

    [Fact]
    public async Task Node_that_joins_says_which_machine_it_is_on()
    {
        await using var bench = await Loading.LoadBench.CreateAsync("CREATE TABLE t (id int)");
        await bench.LoadAsync(bench.Write("a.csv", "id\n1\n"));

        var node = (await new NodeViews(bench.Database.DataSource).ListAsync(Token))[0];

        node.Machine.ShouldBe(Machine.Current.Id);
        node.MachineCores.ShouldBeGreaterThanOrEqualTo(node.Cores);
    }

    static async Task AddAsync(TestDatabase database, string name, string state, double silentFor)
    {
        await using var command = database.DataSource.CreateCommand(
            """
            INSERT INTO ingest.node (node, kind, host, pid, version, cores, memory_bytes, lanes, capacity, state, lock_key,
                started_at, heartbeat_at)
            VALUES ($1, 'silo', 'h', 1, '1', 4, 1000, 1, 1, $2, 1, clock_timestamp() - interval '9 d',
                clock_timestamp() - make_interval(secs => $3))
            """);
        command.Parameters.Add(new() { Value = name });
        command.Parameters.Add(new() { Value = state });
        command.Parameters.Add(new() { Value = silentFor });
        await command.ExecuteNonQueryAsync(Token);
    }
}
