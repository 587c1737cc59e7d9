using System.CommandLine;
using System.Globalization;
using Npgsql;
using OrleansIngest.Cli.Demo;
using OrleansIngest.Cli.Hosting;
using OrleansIngest.Commands.Databases;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Generator;

namespace OrleansIngest.Cli.Commands;

/// <summary>Runs everything at once, on an embedded PostgreSQL, and verifies the result.</summary>
sealed class DemoCommand : IngestCommand
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly Option<long> _files = UnitOptions.Count("--files", "Number of files", 20, 1, 100_000);
    readonly Option<long> _rows = UnitOptions.Count("--rows", "Records per file", 100, 0, 10_000_000);
    readonly Option<TimeSpan> _interval = UnitOptions.Duration("--interval", "Time between two files", TimeSpan.FromSeconds(1));
    readonly Option<double> _corrupt = UnitOptions.Share("--corrupt", "Share of invalid records", 0.01);
    readonly Option<bool> _stay = new("--stay")
    { Description = "Keep running until Ctrl-C, to explore the pages and data; the default on a terminal" };

    readonly PagesSettings _pages = new();

    public DemoCommand()
        : base(
            "demo",
            "Run a demonstration: a generator writes files of e-commerce events, the pipeline loads them into a private "
                + "PostgreSQL, and the result is verified against what was written.",
            "ingest demo",
            "ingest demo --files 100 --rows 10000 --interval 100ms --corrupt 2%")
    {
        foreach (var option in new Option[] { _files, _rows, _interval, _corrupt, _stay }) Add(option);
        AddGroup("Pages", [.. _pages.Options]);
    }

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        context.StandardLogLevel = "warn"; // the demo prints its own report
        var pages = _pages.Read(context);
        var folder = Path.Combine(Path.GetDirectoryName(context.Surroundings.EmbeddedDirectory)!, "demo");
        var watched = Path.Combine(folder, "events");
        var stays = context.Get(_stay) || (context.Surroundings.OutputIsTerminal && !context.Json);
        await using var database = await OpenDatabase.OpenOrCreateAsync(context, "ingest/demo", cancellationToken);
        await using var data = NpgsqlDataSource.Create(await DemoDatabase.CreateAsync(database, cancellationToken));
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(watched);

        var pipeline = BuiltInPipelines.Events();
        pipeline.Watch = [watched];
        pipeline.SettleTime = TimeSpan.Zero; // the generator renames finished files into place
        await using var silo = SiloRun.Build(context, DemoDatabase.ConnectionString(database), [pipeline], pages);
        var starting = context.Time.GetTimestamp();
        await silo.StartAsync(cancellationToken);
        try
        {
            await SiloIdle.WaitUntilRunningAsync(silo, [pipeline.Name], TimeSpan.FromMilliseconds(20), context.Time,
                cancellationToken);
            context.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"silo ready after {context.Time.GetElapsedTime(starting).TotalSeconds:0.0} s, watching {watched}"));
            context.Error.WriteLine($"pages: {pages.Link(silo.Http)}");
            var run = new DemoRun(data, pipeline.Name, watched, context.Time, context.Error,
                context.Surroundings.ErrorIsTerminal);
            var manifest = await run.GenerateAndWatchAsync(Wanted(context, watched, folder), Patience, cancellationToken);
            var proof = await DemoProof.MakeAsync(data, pipeline.Name, manifest, run.Latencies, cancellationToken);
            if (context.Json) context.WriteJson(proof.Summary, DemoJson.Default.DemoSummary);
            else proof.Print(context.Output, DemoDatabase.PsqlCommand(context.Surroundings));
            if (stays)
            {
                context.Error.WriteLine("Ctrl-C ends the demo and stops its PostgreSQL.");
                await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, cancellationToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            return proof.Summary.Proved ? ExitCode.Done : ExitCode.Failed;
        }
        finally
        {
            await silo.StopAsync(CancellationToken.None);
        }
    }

    GeneratorOptions Wanted(CliContext context, string watched, string folder) => new()
    {
        OutputDirectory = watched,
        ManifestPath = Path.Combine(folder, "manifest.json"),
        Files = (int)context.Get(_files),
        RowsPerFile = context.Get(_rows),
        Interval = context.Get(_interval),
        CorruptShare = context.Get(_corrupt),
    };
}
