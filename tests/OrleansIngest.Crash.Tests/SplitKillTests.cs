namespace OrleansIngest.Crash.Tests;

/// <summary>G2 and G3 for large files that several silos load: SIGKILL of whoever owns the file or helps loses and doubles
/// nothing.</summary>
public sealed class SplitKillTests
{
    const int Records = 120_000;
    const string Helped =
        "SELECT (count(*) > 0)::text FROM ingest.batch b JOIN ingest.file f USING (file_id) WHERE b.node <> f.owner_node AND "
            + "f.status = 'loading' AND b.epoch = f.epoch";

    /// <summary>Kills: 40 with INGEST_LONG_TESTS=1, else 4.</summary>
    static readonly int Kills = Environment.GetEnvironmentVariable("INGEST_LONG_TESTS") == "1" ? 40 : 4;

    [Fact]
    public async Task Kills_of_owners_and_helpers_leave_every_record_once()
    {
        var random = new Random(20261126);
        await using var files = await KnownFiles.CreateAsync(
            files: 1, records: Records, batchRecords: 50_000, options: "\"batchBytes\": \"64KiB\",");
        using var silos = new SiloGroup(files);
        for (var i = 0; i < 3; i++) silos.Start();
        await silos.AliveAsync(3);

        for (var kill = 0; kill < Kills; kill++)
        {
            while (await files.LinesAsync(Helped) is not ["true"])
            {
                if (await files.LinesAsync("SELECT (count(*) = 0)::text FROM ingest.file WHERE status <> 'loaded'") is ["true"])
                    files.AddFile(Records);
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(0, 60)), TimeProvider.System);
            var owner = await files.LinesAsync("SELECT owner_node FROM ingest.file WHERE status = 'loading'");
            var nodes = new List<(IngestProcess Process, string Node)>();
            foreach (var process in silos.Running) nodes.Add((process, await silos.NodeOfAsync(process)));
            var wantsOwner = kill % 2 == 0;
            var victim = nodes.FirstOrDefault(n => owner.Contains(n.Node) == wantsOwner);
            await silos.KillAsync(victim.Process ?? silos.Running[0]);
            var next = silos.Start();
            await silos.UntilAsync("the next silo lives",
                $"SELECT (count(*) = 1)::text FROM ingest.node WHERE pid = {next.Id} AND state = 'alive'");
        }

        await silos.LoadedAsync();
        await files.ShouldBeLoadedExactlyOnceAsync();
    }
}
