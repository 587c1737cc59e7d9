using System.CommandLine;
using System.Net;
using OrleansIngest.Cli.Databases;
using OrleansIngest.Cli.Hosting;
using OrleansIngest.Cli.Shell;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Silo;

namespace OrleansIngest.Cli.Commands;

/// <summary>Runs a silo: watches, loads, serves the pages. Several on one database are a cluster.</summary>
sealed class UpCommand : IngestCommand
{
    static readonly TimeSpan IdleCheck = TimeSpan.FromMilliseconds(250);

    readonly Option<string[]> _watch = new("--watch") { Description = "Watch this directory instead of the configured ones; may be repeated", HelpName = "DIR" };
    readonly Option<string?> _table = new("--table") { Description = "Load into this table; with --watch, no configuration file is needed", HelpName = "TABLE" };
    readonly Option<TimeSpan?> _settle = UnitOptions.Duration("--settle", "How long a file must rest before it is loaded; 0 when files are renamed into place");
    readonly Option<bool> _exitWhenIdle = new("--exit-when-idle") { Description = "End once nothing is new, settling, waiting or loading" };
    readonly Option<string?> _http = new("--http") { Description = "Where the pages are served. Default: 127.0.0.1:8080, or the next free port", HelpName = "ADDRESS:PORT" };

    public UpCommand()
        : base(
            "up",
            "Watch directories and load the files that appear, until it is stopped. Run it again, here or elsewhere, on the same database: that is a cluster.",
            "ingest up                                                # the pipelines of ingest.json, else data/events into events",
            "ingest up --watch /data/in --table shop.orders           # one directory into one table",
            "ingest up --exit-when-idle --settle 0                    # in a script: load what is there, then end")
    {
        foreach (var option in new Option[] { _watch, _table, _settle, _exitWhenIdle, _http }) Add(option);
    }

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        var pipelines = Pipelines(context);
        var http = context.Get(_http) is { } address ? Address(address) : null;
        await using var database = await OpenDatabase.OpenAsync(context, "ingest/up", cancellationToken);
        await database.MigrateAsync(pipelines.Any(p => TableNames.IsEvents(p.Table)), cancellationToken);
        foreach (var directory in pipelines.SelectMany(p => p.Watch).Where(d => !d.Contains('*', StringComparison.Ordinal))) Directory.CreateDirectory(directory);

        await using var silo = SiloRun.Build(context, database.ConnectionString, pipelines, http);
        var began = await AskAsync(database, reader => reader.NowAsync(cancellationToken), cancellationToken);
        await silo.StartAsync(cancellationToken);
        foreach (var pipeline in pipelines) context.Error.WriteLine($"watching {string.Join(", ", pipeline.Watch)} → {pipeline.Table} (pipeline {pipeline.Name})");
        context.Error.WriteLine($"database {database.Name}");
        context.Error.WriteLine($"pages    http://{silo.Http}/cluster");
        try
        {
            if (!context.Get(_exitWhenIdle))
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return ExitCode.Done;
            }

            await SiloIdle.WaitAsync(silo, database.DataSource, [.. pipelines.Select(p => p.Name)], IdleCheck, context.Time, cancellationToken);
            var (_, givenUp) = await AskAsync(database, reader => reader.CountOpenAsync([.. pipelines.Select(p => p.Name)], began, cancellationToken), cancellationToken);
            return givenUp > 0 ? ExitCode.Failed : ExitCode.Done;
        }
        finally
        {
            await silo.StopAsync(CancellationToken.None);
        }
    }

    IReadOnlyList<PipelineOptions> Pipelines(CliContext context)
    {
        var table = context.Get(_table);
        var watch = context.Get(_watch) is { Length: > 0 } directories ? directories.Select(context.FullPath).ToArray() : null;
        var pipelines = context.Configuration.Pipelines;
        if (table is not null || watch is not null)
        {
            var pipeline = pipelines.FirstOrDefault(p => table is null || Same(p.Table, table)) ?? new PipelineOptions { Name = NameFor(table!), Table = table!, Include = ["*.csv"] };
            if (watch is not null) pipeline.Watch = watch;
            if (pipeline.Watch.Count == 0) throw CliException.Usage($"--watch is needed: no pipeline of the configuration loads {table}");
            pipelines = [pipeline];
        }

        if (context.IsGiven(_settle))
        {
            foreach (var pipeline in pipelines) pipeline.SettleTime = context.Get(_settle) ?? pipeline.SettleTime;
        }

        return pipelines;
    }

    static async Task<T> AskAsync<T>(OpenDatabase database, Func<LedgerReader, Task<T>> question, CancellationToken cancellationToken)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(cancellationToken);
        return await question(new LedgerReader(connection));
    }

    static IPEndPoint Address(string text)
    {
        if (!IPEndPoint.TryParse(text, out var address)) throw CliException.Usage($"--http must be an address and a port such as 127.0.0.1:8080, not '{text}'");
        if (!IPAddress.IsLoopback(address.Address))
            throw CliException.Usage($"--http {text}: other machines could reach the pages, which have no access control yet; use 127.0.0.1 and a tunnel or a proxy");
        return address;
    }

    static bool Same(string left, string right) => TableNames.Qualified(left) == TableNames.Qualified(right);

    static string NameFor(string table) => TableNames.PipelineFor("watch", table);
}
