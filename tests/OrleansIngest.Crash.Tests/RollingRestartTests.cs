namespace OrleansIngest.Crash.Tests;

/// <summary>An upgrade: every silo in turn is stopped and replaced, while files flow.</summary>
public sealed class RollingRestartTests
{
    [Fact]
    public async Task Every_silo_restarted_in_turn_under_load_loses_nothing_repeats_nothing_and_is_never_taken_for_dead()
    {
        await using var files = await KnownFiles.CreateAsync(files: 6, records: 10_000, batchRecords: 200);
        using var silos = new SiloGroup(files);
        for (var i = 0; i < 3; i++) silos.Start();
        await silos.AliveAsync(3);

        // Each of them once, and on until a file was handed over: one that was at its end was just finished.
        for (var turn = 0; turn < 3 || (turn < 20 && !await HandedOverAsync(files)); turn++)
        {
            var old = silos.Running[0];
            for (var i = 0; i < 6; i++) files.AddFile(10_000);
            var node = await silos.NodeOfAsync(old);
            // In the middle of something: a silo without work would prove nothing.
            await silos.PartCommittedAsync(node, records: 10_000);

            var said = await silos.StopAsync(old);

            (await files.LinesAsync($"SELECT state FROM ingest.node WHERE node = '{node}'")).ShouldBe(["left"], said);
            // A claim that was on its way while the node left is freed by the next round of a coordinator.
            await silos.UntilAsync($"{node} holds no file",
                $"SELECT (count(*) = 0)::text FROM ingest.file WHERE status = 'loading' AND owner_node = '{node}'");
            silos.Start();
            await silos.AliveAsync(3);
        }

        await silos.LoadedAsync();
        await files.ShouldBeLoadedExactlyOnceAsync();
        (await files.LinesAsync(
            "SELECT concat_ws(' ', kind, node, detail) FROM ingest.history WHERE kind = 'node.dead'")).ShouldBeEmpty();
        (await files.LinesAsync("SELECT max(attempts)::text FROM ingest.file")).ShouldBe(["0"], "a hand-over is no failure");
        (await HandedOverAsync(files)).ShouldBeTrue("no file was handed over: nothing was proved");
    }

    static async Task<bool> HandedOverAsync(KnownFiles files) =>
        await files.LinesAsync("SELECT (max(epoch) > 1)::text FROM ingest.file") is ["true"];
}
