using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Sources.FileSystem;
using OrleansIngest.Monitor.Telemetry;
using OrleansIngest.Testing;

namespace OrleansIngest.Monitor.Tests.Telemetry;

/// <summary>A node that loads, and the monitor's metrics over HTTP.</summary>
sealed class MetricsSite : IAsyncDisposable
{
    readonly WebApplication _web;
    readonly HttpClient _http = new();
    readonly string _folder = TestPostgres.NewFolder();

    MetricsSite(TestDatabase database, IngestNode node, PipelineOptions pipeline, WebApplication web) =>
        (Database, Node, Pipeline, _web) = (database, node, pipeline, web);

    public TestDatabase Database { get; }

    public IngestNode Node { get; }

    public PipelineOptions Pipeline { get; }

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<MetricsSite> StartAsync(OtlpSettings? otlp = null)
    {
        var database = await TestPostgres.CreateDatabaseAsync();
        await using (var create = database.DataSource.CreateCommand("CREATE TABLE t (id int NOT NULL, name text)"))
            await create.ExecuteNonQueryAsync(Stop);
        var pipeline = new PipelineOptions { Name = "shop", Table = "public.t", Watch = ["/nowhere"], BatchRecords = 50 };
        var node = await IngestNode.StartAsync(
            new IngestNodeOptions { ConnectionString = database.ConnectionString, Kind = "load", Pipelines = [pipeline] },
            NullLoggerFactory.Instance, TimeProvider.System, Stop);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        builder.Services.AddIngestMonitor(new MonitorOptions
        {
            ConnectionString = database.ConnectionString,
            Node = node.Id.Value,
            IsLoopback = true,
            Otlp = otlp ?? new OtlpSettings(null),
        });
        var web = builder.Build();
        web.UseRouting();
        web.MapIngestMetrics();
        await web.StartAsync(Stop);
        return new MetricsSite(database, node, pipeline, web);
    }

    /// <summary>Loads files of these contents.</summary>
    public async Task LoadAsync(params string[] contents)
    {
        var files = contents.Select((content, i) =>
        {
            var path = Path.Combine(_folder, $"{i}.csv");
            File.WriteAllText(path, content);
            FileStat.TryStat(path, out var seen).ShouldBeTrue();
            return seen;
        });
        await using var workers = new TaskFileWorkers(Node, NullLoggerFactory.Instance);
        await new OneShotLoad(Node, Pipeline.Name, workers).RunAsync([.. files], null, Stop);
    }

    /// <summary>What Prometheus gets.</summary>
    public Task<string> ScrapeAsync() => _http.GetStringAsync(new Uri(_web.Urls.Single() + "/metrics"), Stop);

    /// <summary>The sum of a metric's samples whose labels contain all of <paramref name="labels"/>; null without any.</summary>
    public static double? Sum(string scrape, string metric, params string[] labels)
    {
        var samples = scrape.Split('\n').Where(
            l => (l.StartsWith(metric + "{", StringComparison.Ordinal) || l.StartsWith(metric + " ", StringComparison.Ordinal))
            && labels.All(label => l.Contains(label, StringComparison.Ordinal))).ToArray();
        return samples.Length == 0 ? null
            : samples.Sum(l => double.Parse(l[(l.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture));
    }

    public async Task<long> CountAsync(string sql)
    {
        await using var command = Database.DataSource.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(Stop), CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        await _web.StopAsync(CancellationToken.None);
        await _web.DisposeAsync();
        await Node.DisposeAsync();
        await Database.DisposeAsync();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
