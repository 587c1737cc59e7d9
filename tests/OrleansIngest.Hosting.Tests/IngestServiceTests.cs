using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Hosting.Tests;

public sealed class IngestServiceTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static IHost HostOf(HostedFiles files)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddOrleansIngest(ingest =>
        {
            ingest.ConnectionString = files.ConnectionString;
            ingest.Add(new() { Name = "orders", Watch = [files.Watch], Table = "orders", CreateTable = true });
        });
        return builder.Build();
    }

    [Fact]
    public async Task Run_FilesBeforeAndAfterTheStart_LoadsEachOnce()
    {
        await using var files = await HostedFiles.CreateAsync();
        files.Write(10);
        using var host = HostOf(files);

        await host.StartAsync(Stop);
        await files.AllAreLoadedAsync();
        files.Write(10);
        await files.AllAreLoadedAsync();
        await host.StopAsync(Stop);

        await files.EachIsThereOnceAsync();
        (await files.CountAsync("count(*) FROM ingest.node WHERE kind = 'host' AND state = 'left'")).ShouldBe(1);
    }

    /// <summary>Each coordinator gives files to its own node only, so that both work and neither
    /// takes what is the other's.</summary>
    [Fact]
    public async Task Run_TwoHostsOnOneDatabase_BothLoadAndEachFileIsLoadedOnce()
    {
        await using var files = await HostedFiles.CreateAsync();
        using var first = HostOf(files);
        using var second = HostOf(files);
        await first.StartAsync(Stop);
        await files.UntilAsync("count(*) FROM ingest.node WHERE state = 'alive'", count => count == 1);
        await second.StartAsync(Stop);
        await files.UntilAsync("count(*) FROM ingest.node WHERE state = 'alive'", count => count == 2);

        while (await files.CountAsync("count(DISTINCT node) FROM ingest.batch") < 2)
        {
            for (var i = 0; i < 20; i++) files.Write(5);
            await files.AllAreLoadedAsync();
        }

        await Task.WhenAll(first.StopAsync(Stop), second.StopAsync(Stop));
        await files.EachIsThereOnceAsync();
        (await files.CountAsync("count(*) FROM ingest.file WHERE status <> 'loaded'")).ShouldBe(0);
    }

    [Fact]
    public async Task Run_PausedByAnOperator_LoadsNothingUntilItIsResumed()
    {
        await using var files = await HostedFiles.CreateAsync();
        using var host = HostOf(files);
        files.Write(5);
        await host.StartAsync(Stop);
        await files.AllAreLoadedAsync();
        await using var source = NpgsqlDataSource.Create(files.ConnectionString);
        var orders = new PipelineLedger(source);
        await orders.SetPausedAsync("orders", true, "test", null, Stop);

        await files.UntilAsync("count(*) FROM ingest.pipeline WHERE coordinated_at > paused_at", count => count == 1);
        files.Write(5);
        await files.UntilAsync("count(*) FROM ingest.file WHERE status = 'ready'", count => count == 1);
        (await files.CountAsync("count(*) FROM orders")).ShouldBe(5);
        await orders.SetPausedAsync("orders", false, "test", null, Stop);
        await files.AllAreLoadedAsync();

        await host.StopAsync(Stop);
        await files.EachIsThereOnceAsync();
    }
}
