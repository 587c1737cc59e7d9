using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansIngest.Testing;

namespace OrleansIngest.Aspire.Hosting.Tests;

/// <summary>The app host of the sample, run by Aspire's orchestrator: real processes, a real database, no container.</summary>
public sealed class AppHostTests
{
    const int Files = 6, Orders = 500;
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(3), Pause = TimeSpan.FromMilliseconds(100);
    static readonly string[] Silos = ["ingest", "ingest-2"];

    [Fact]
    public async Task Sample_TwoReplicas_FormAClusterAndLoadEachFileOnce()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var database = await TestPostgres.CreateDatabaseAsync(withSchema: false);
        using var directory = new TempDirectory();
        var watch = Directory.CreateDirectory(Path.Combine(directory.Path, "in")).FullName;
        Write(watch, 0);
        await using (var app = await StartAsync(database, watch))
        {
            foreach (var silo in Silos) await app.ResourceNotifications.WaitForResourceHealthyAsync(silo,
                stop).WaitAsync(Patience, stop);
            for (var file = 1; file < Files; file++) Write(watch, file);

            (await CountAsync(database, "count(*) FROM orleans.membership WHERE status = 3")).ShouldBe(Silos.Length);
            (await CountAsync(database, "count(*) FROM ingest.node WHERE state = 'alive'")).ShouldBe(Silos.Length);
            foreach (var silo in Silos)
            {
                using var client = app.CreateHttpClient(silo, "http");
                (await client.GetStringAsync("/health/ready", stop)).ShouldNotBeEmpty();
                (await client.GetStringAsync("/", stop)).ShouldContain("<html");
            }

            await UntilAsync(database, "count(*) FROM ingest.file WHERE status = 'loaded'", Files);
            await app.StopAsync(stop);
        }

        (await CountAsync(database, "count(*) FROM orders")).ShouldBe(Files * Orders);
        (await CountAsync(database, "count(DISTINCT id) FROM orders")).ShouldBe(Files * Orders);
        (await CountAsync(database, "count(*) FROM ingest.node WHERE state = 'left'")).ShouldBe(Silos.Length,
            "a silo drains when the app host stops");
    }

    static async Task<DistributedApplication> StartAsync(TestDatabase database, string watch)
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.OrleansIngest_Aspire_Sample>(
            // Tests have no dashboard, but Aspire refuses to do without its path.
            [$"--ConnectionStrings:shop={database.ConnectionString}", $"--Watch={watch}", "--DcpPublisher:DashboardPath=none"],
            TestContext.Current.CancellationToken);
        builder.CreateResourceBuilder<OrleansIngestResource>("ingest").WithProgram("dotnet", IngestProgram.Path);
        builder.Services.AddLogging(
            logging => logging.ClearProviders().AddProvider(new TestOutputLogs(TestContext.Current.TestOutputHelper!)));
        var app = await builder.BuildAsync(TestContext.Current.CancellationToken);
        await app.StartAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        return app;
    }

    static void Write(string watch, int file)
    {
        var path = Path.Combine(watch, $"orders-{file}.csv");
        File.WriteAllText(path + ".tmp",
            "id,item\n" + string.Concat(Enumerable.Range(file * Orders, Orders).Select(id => $"{id},item {id}\n")));
        File.Move(path + ".tmp", path);
    }

    static async Task<long> CountAsync(TestDatabase database, string what)
    {
        await using var command = database.DataSource.CreateCommand($"SELECT {what}");
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    static async Task UntilAsync(TestDatabase database, string what, long expected)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (await CountAsync(database, what) is var count && count != expected)
        {
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Patience, $"{what} is {count} and not {expected}");
            await Task.Delay(Pause, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
