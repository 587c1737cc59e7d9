using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrleansIngest.Cli.Hosting;
using OrleansIngest.Cli.Hosting.Reloading;
using OrleansIngest.Commands.Arguments;
using OrleansIngest.Commands.Configuration;
using OrleansIngest.Commands.Databases;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Pipelines.Tables;
using OrleansIngest.Engine.Targets.Postgres.Tables;
using OrleansIngest.Grains;
using OrleansIngest.Silo;

namespace OrleansIngest.Cli.Commands;

/// <summary>Runs a silo: watches, loads, serves the pages. Several on one database are a cluster.</summary>
sealed class UpCommand : IngestCommand
{
    static readonly TimeSpan IdleCheck = TimeSpan.FromMilliseconds(250);

    readonly Option<string[]> _watch = new("--watch")
    { Description = "Watch this directory instead of the configured ones; repeatable", HelpName = "DIR" };
    readonly Option<string?> _table = new("--table")
    { Description = "Load into this table; with --watch, no configuration file is needed", HelpName = "TABLE" };
    readonly Option<TimeSpan?> _settle = UnitOptions.Duration("--settle",
        "Load a file once it has been stable for this long; 0 if files are renamed into place");
    readonly Option<bool> _exitWhenIdle = new("--exit-when-idle")
    { Description = "Exit when no file is new, settling, waiting or loading" };

    readonly SiloSettings _silo = new();
    readonly PagesSettings _pages = new();

    public UpCommand()
        : base(
            "up",
            "Watch directories and load the files that appear, until stopped. Start it again on the same database, here or "
                + "elsewhere, to form a cluster.",
            "ingest up                                                # the pipelines of ingest.json, else data/events "
                + "into events",
            "ingest up --watch /data/in --table shop.orders           # one directory into one table",
            "ingest up --exit-when-idle --settle 0                    # in a script: load the existing files, then exit",
            "ingest up --db postgres://… --advertise 10.0.0.0/8       # one silo of a cluster over several machines that see the "
                + "same files")
    {
        foreach (var option in new Option[] { _watch, _table, _settle, _exitWhenIdle }) Add(option);
        AddGroup("Pages", [.. _pages.Options]);
        AddGroup("Silo and cluster", [.. _silo.Options]);
    }

    /// <inheritdoc/>
    public override int ExitCodeWhenStopped(ParseResult parsed) =>
        parsed.GetValue(_exitWhenIdle) ? ExitCode.Interrupted : ExitCode.Done;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        var chosen = Pipelines(context, context.Configuration);
        var overrides = _silo.Read(context);
        var pages = _pages.Read(context); // last: it may write a token file
        if (context.NamesDatabase) throw CliException.Usage(
            "up runs the pipelines of all configured databases, so --db cannot be a name: give it the URL of the main database");
        var databases = context.Databases;
        await using var database = await OpenDatabase.OpenOrCreateAsync(context, "ingest/up", cancellationToken);
        SiloDatabases.RefuseSame(database.ConnectionString, databases);
        await database.MigrateAsync(chosen.Any(p => p.Database is null && TableNames.IsEvents(p.Table)), cancellationToken);
        var followed = await FollowAsync(context, database, chosen, cancellationToken);
        var pipelines = followed.Start.Pipelines;
        await DatabaseMoves.CheckAsync(null, database.DataSource, pipelines, cancellationToken);
        // Another database may be unavailable; its files report that when they are loaded.
        await CheckTablesAsync(context, database, [.. pipelines.Where(p => p.Database is null)], cancellationToken);
        // A mistyped directory would be watched for ever, and stay empty.
        foreach (var created in followed.Prepare(pipelines))
            context.Error.WriteLine($"ingest: created the watched directory {created}, which did not exist");

        await using var silo = SiloRun.Build(context, database.ConnectionString, pipelines, pages, overrides, followed,
            databases);
        var began = await AskAsync(database.DataSource, reader => reader.NowAsync(cancellationToken), cancellationToken);
        await silo.StartAsync(cancellationToken);
        var report = new StartReport(context);
        foreach (var pipeline in pipelines) report.Watching(pipeline);
        report.Silo(silo.Endpoint);
        report.Database(database);
        foreach (var (name, settings) in databases) report.Database(name, settings);
        report.Pages(pages, silo.Http);
        ServiceManager.Ready();
        try
        {
            if (!context.Get(_exitWhenIdle))
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, cancellationToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return ExitCode.Done;
            }

            var nodes = silo.Services.GetRequiredService<LocalNodes>();
            await SiloIdle.WaitAsync(silo, nodes, IdleCheck, context.Time, cancellationToken);
            var givenUp = 0L;
            foreach (var local in nodes.All.Where(n => n.Pipelines.Count > 0))
            {
                // By the clock of the main database: if another server's clock is off, a file that was given up while the program
                // started may be missed or added.
                givenUp += await AskAsync(local.Node.LedgerSource,
                    reader => reader.CountQuarantinedAsync([.. local.Pipelines], began, cancellationToken), cancellationToken);
                var indexes = new DroppedIndexLedger(local.Node.LedgerSource);
                foreach (var name in local.Pipelines) givenUp += (await indexes.CountAsync(name, cancellationToken)).Failed;
            }

            return givenUp > 0 ? ExitCode.Failed : ExitCode.Done;
        }
        finally
        {
            report.Stopping();
            ServiceManager.Stopping();
            await silo.StopAsync(CancellationToken.None);
        }
    }

    /// <summary>The configuration at the start, with the pipelines of the database unless the command line has chosen one, and
    /// how to follow it.</summary>
    async Task<FollowedConfiguration> FollowAsync(
        CliContext context, OpenDatabase database, IReadOnlyList<PipelineOptions> chosen, CancellationToken cancellationToken)
    {
        var takesKept = context.Get(_table) is null && context.Get(_watch) is not { Length: > 0 };
        var store = new PipelineStore(database.DataSource);
        var stamp = await store.StampAsync(cancellationToken); // before the pipelines: a change in between is seen again
        var start = DesiredConfiguration.Of(context.Configuration, chosen,
            takesKept ? await store.ListAsync(cancellationToken) : []);
        return new FollowedConfiguration(
            context.ConfigurationTexts, stamp, start, takesKept, context.ReadConfiguration,
            options => Pipelines(context, options), context.DatabasesOf);
    }

    IReadOnlyList<PipelineOptions> Pipelines(CliContext context, IngestOptions configuration)
    {
        var table = context.Get(_table);
        TableNames.Expect(table);
        var watch = context.Get(_watch) is { Length: > 0 } directories ? directories.Select(context.FullPath).ToArray() : null;
        var pipelines = configuration.Pipelines;
        if (table is not null || watch is not null)
        {
            var pipeline = pipelines.FirstOrDefault(p => table is null || TableNames.Means(table, p.Table))
                ?? new PipelineOptions
                {
                    Name = NameFor(table!),
                    Table = table!,
                    Include = ["*.csv"],
                    Recursive = TableTemplate.IsOne(table!)
                };
            if (watch is not null) pipeline.Watch = watch;
            if (pipeline.Watch.Count == 0)
                throw CliException.Usage($"--watch is needed: no pipeline of the configuration loads {table}");
            pipelines = [pipeline];
        }

        if (context.IsGiven(_settle))
        {
            foreach (var pipeline in pipelines) pipeline.SettleTime = context.Get(_settle) ?? pipeline.SettleTime;
        }

        return pipelines;
    }

    /// <summary>A table on the command line must exist; one of the configuration may be created later.</summary>
    async Task CheckTablesAsync(CliContext context, OpenDatabase database, IReadOnlyList<PipelineOptions> pipelines,
        CancellationToken cancellationToken)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(cancellationToken);
        foreach (var pipeline in pipelines)
        {
            try
            {
                await PipelineTable.CheckAsync(pipeline, connection, cancellationToken);
            }
            catch (TargetTableException failure) when (context.Get(_table) is null)
            {
                context.Error.WriteLine(
                    $"ingest: pipeline {pipeline.Name}: {failure.Message} Its files will fail and be retried until the table can "
                        + "be loaded.");
            }
            catch (TargetTableException failure)
            {
                throw new CliException(failure.Message);
            }
        }
    }

    static async Task<T> AskAsync<T>(NpgsqlDataSource ledger, Func<LedgerReader, Task<T>> question,
        CancellationToken cancellationToken)
    {
        await using var connection = await ledger.OpenConnectionAsync(cancellationToken);
        return await question(new LedgerReader(connection));
    }

    static string NameFor(string table) => TableNames.PipelineFor("watch", table);
}
