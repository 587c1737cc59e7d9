using System.CommandLine;
using OrleansIngest.Cli.Hosting;
using OrleansIngest.Commands.Configuration;
using OrleansIngest.Commands.Databases;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Cli.Commands;

/// <summary>The pages alone.</summary>
sealed class MonitorCommand : IngestCommand
{
    readonly PagesSettings _pages = new();

    public MonitorCommand()
        : base(
            "monitor",
            "Serve only the pages and the REST API, for a database that other processes load.",
            "ingest monitor                                                        # the private PostgreSQL, or the database "
                + "set in .env",
            "ingest monitor --db postgres://viewer:secret@db/shop                  # a ledger elsewhere",
            "ingest monitor --database shop                                        # one of the databases of ingest.json",
            "INGEST_TOKEN=… ingest monitor --http 0.0.0.0:8443 --tls-cert cert.pem --tls-key key.pem")
    {
        foreach (var option in _pages.Options) Add(option);
    }

    /// <inheritdoc/>
    public override int ExitCodeWhenStopped(ParseResult parsed) => ExitCode.Done;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        var pages = _pages.Read(context);
        await using var database = await OpenDatabase.OpenOrCreateAsync(context, "ingest/monitor", cancellationToken);
        var node = NodeDescription.NewId();
        // A named database is shown alone; otherwise all of them, with a choice on the pages.
        var databases = context.NamesDatabase || context.ConfigurationTexts.IsAbsent ? null : context.Databases;
        var options = MonitorRun.Options(database.ConnectionString, node.Value, pages, context.Configuration.Alerts,
            databases).WithPages(context);
        if (context.NamesDatabase) options = options with { Database = context.NamedDatabase! };
        var (web, http) = await MonitorRun.StartAsync(context, options, pages, cancellationToken);
        await using (web)
        {
            var report = new StartReport(context);
            report.Database(database);
            foreach (var (name, settings) in databases ?? new Dictionary<string, DatabaseSettings>())
                report.Database(name, settings);
            report.Pages(pages, http);
            ServiceManager.Ready();
            await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ServiceManager.Stopping();
            await web.StopAsync(CancellationToken.None);
        }

        return ExitCode.Done;
    }
}
