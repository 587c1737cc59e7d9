using Npgsql;
using OrleansIngest.EmbeddedPostgres;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Testing;

namespace OrleansIngest.Crash.Tests;

/// <summary>G3 with a real network: a silo whose cable is pulled works on without knowing, and commits nothing of
/// what the others took over.</summary>
public sealed class NetworkCutTests
{
    const int Silos = 3;

    [Fact]
    public async Task A_silo_that_is_cut_off_loses_its_files_to_the_others_and_does_no_harm_when_it_is_back()
    {
        await using var network = await SiloNetwork.CreateAsync(Silos);
        var folder = TestPostgres.NewFolder();
        try
        {
            await using var server = await StartServerAsync(folder, network);
            await using (var dataSource = NpgsqlDataSource.Create(server.ConnectionString))
                await Migrations.ApplyAsync(dataSource, TestContext.Current.CancellationToken);
            var overNetwork = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Host = network.Host }.ConnectionString;
            await using var files = await KnownFiles.CreateAsync(files: 12, records: 20_000, batchRecords: 100, overNetwork);
            using var silos = new SiloGroup(files);
            for (var place = 1; place <= Silos; place++)
                silos.Start(network.Inside(place), "--advertise", network.Address(place));
            await silos.AliveAsync(Silos);
            (await files.LinesAsync("SELECT split_part(address, ':', 1) FROM ingest.node WHERE state = 'alive'"))
                .ShouldBe(Enumerable.Range(1, Silos).Select(network.Address), ignoreOrder: true);

            var node = await silos.NodeOfAsync(silos.Running[1]);
            await silos.PartCommittedAsync(node, records: 20_000);
            await network.CutAsync(2);
            await silos.UntilAsync($"{node} is dead", $"SELECT (state = 'dead')::text FROM ingest.node WHERE node = '{node}'");
            await silos.LoadedAsync();
            silos.Running[1].HasExited.ShouldBeFalse("it does not know, and works on");

            await network.MendAsync(2);
            // Orleans ends a silo that learns of its own death; until it learns of it the node may be back in the ledger.
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            patience.CancelAfter(TimeSpan.FromMinutes(1));
            while (!silos.Running[1].HasExited
                && (await files.LinesAsync($"SELECT state FROM ingest.node WHERE node = '{node}'"))[0] != "alive")
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
            files.AddFile(2_000);
            await silos.LoadedAsync();
            await files.ShouldBeLoadedExactlyOnceAsync();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static async Task<EmbeddedPostgresServer> StartServerAsync(string folder, SiloNetwork network)
    {
        var server = await OwnServer.StartAsync(folder,
            new Dictionary<string, string> { ["listen_addresses"] = $"127.0.0.1,{network.Host}" });
        await File.AppendAllTextAsync(Path.Combine(server.DataDirectory, "data", "pg_hba.conf"),
            $"host all all {network.Subnet} scram-sha-256\n");
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var reload = new NpgsqlCommand("SELECT pg_reload_conf()", connection);
        await reload.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return server;
    }
}
