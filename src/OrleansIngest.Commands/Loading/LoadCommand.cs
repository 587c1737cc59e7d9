using System.CommandLine;
using OrleansIngest.Commands.Arguments;
using OrleansIngest.Commands.Databases;
using OrleansIngest.Commands.Loading;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Commands.Tables;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Pipelines.Tables;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Engine.Sources.FileSystem;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Commands.Loading;

/// <summary>Loads files once, now, without a silo.</summary>
sealed class LoadCommand : IngestCommand
{
    /// <summary>Twice a silo's: the process does nothing else, and lanes that never wait for a parser load
    /// indexed tables 5 to 10 % faster.</summary>
    const long BatchMemoryBytes = 32 << 20;

    readonly Argument<string[]> _paths = new("PATH")
    { Description = "Files, directories of files, or pipes; - for standard input", Arity = ArgumentArity.OneOrMore };

    readonly Option<string?> _table = new("--table")
    {
        Description =
            "Target table. With {folder} or a part of the file name, such as {name:([a-z]+)-}, each file is loaded into the "
            + "table of that name. Default: the table of the only pipeline in the configuration",
        HelpName = "TABLE",
    };

    readonly Option<bool> _recursive = new("--recursive")
    { Description = "Load files in subdirectories too. Default: the pipeline's setting, else no" };

    readonly Option<bool> _create = new("--create", "--create-table")
    {
        Description =
            "Create a missing table, with columns and types inferred from the first file, or from the first "
                + "100,000 records of standard input. Default: the pipeline's setting, else no",
    };

    readonly Option<bool> _keepNames = new("--keep-names")
    { Description = "With --create: keep the column names of the file, quoted, instead of order_id for \"Order ID\"" };

    readonly CsvArguments _csv = new("the pipeline's setting, else auto");

    readonly Option<string?> _format = FormatOption.Create();

    readonly Option<string[]> _metadata = MetadataOption.Create();

    readonly WriteArguments _write = new();

    readonly DriftArguments _drift = new();

    readonly WholeFileArguments _wholeFile = new();
    readonly PaceArguments _pace = new();
    readonly TailArguments _tail = new();
    readonly Option<string[]> _compute = ComputeOption.Create();

    readonly Option<string?> _bulk = BulkOption.Create();

    readonly Option<long> _lanes = UnitOptions.Count("--lanes", "Database connections that copy and commit", 2, 1, 64);

    readonly Option<string?> _parsers = ParsersOption.Create();

    readonly Option<double> _maxRejectedShare = UnitOptions.Share("--max-rejected-share",
        "Exit with 1 if more than this share of all records is rejected", 1,
        "; unless given, exit with 1 if every record of a file is rejected");

    readonly Option<bool> _again = new("--again")
    { Description = "Load files even if they, or their content, are already loaded: their rows will be in the table twice" };

    readonly Option<string?> _sameContent = new("--same-content")
    {
        Description =
            "Policy for a file whose content was loaded under another name: load or skip. Default: the pipeline's "
                + "setting, else load",
        HelpName = "WHAT",
    };

    readonly Option<string?> _onChange = new("--on-change")
    {
        Description =
            "Policy for a file that has changed since it was loaded: newVersion adds its rows, replace replaces the old rows, "
            + "append loads only the appended records, quarantine holds the file. Default: the pipeline's setting, else "
            + "newVersion",
        HelpName = "WHAT",
    };

    readonly Option<string?> _onRewrite = new("--on-rewrite")
    {
        Description =
            "Policy of --on-change append for a file whose old part has changed: quarantine holds the file, replace replaces "
            + "the old rows, newVersion adds its rows. Default: the pipeline's setting, else quarantine",
        HelpName = "WHAT",
    };

    readonly ContentOptions _content = new();

    readonly DisposalOptions _disposal = new();

    readonly Option<bool> _oneTransaction = new("--one-transaction")
    { Description = "Load each file in one transaction, completely or not at all; its rows wait in memory, at most 1 GiB" };

    public LoadCommand()
        : base(
            "load",
            "Load files into a table once. Files that are already loaded are skipped, even if they were touched.",
            "ingest load orders.csv --table shop.orders",
            "ingest load orders.csv --table orders --create     # a table that does not exist yet",
            "ingest load data/events --table events --json      # a directory; the summary as JSON",
            "zcat orders.csv.gz | ingest load - --table orders  # standard input; files may be compressed as they are")
    {
        _sameContent.AcceptOnlyFromAmong("load", "skip");
        _onChange.AcceptOnlyFromAmong("newVersion", "replace", "quarantine", "append");
        _onRewrite.AcceptOnlyFromAmong("quarantine", "replace", "newVersion");
        Add(_paths);
        Add(_recursive);
        AddGroup("Table", _table, _create, _keepNames);
        AddGroup("Writing", _write.AddTo);
        AddGroup("Repeated and changed files", _again, _sameContent, _onChange, _onRewrite);
        AddGroup("Rejects", _wholeFile.AddTo);
        AddGroup("Rejects", _maxRejectedShare);
        AddGroup("Columns", _metadata, _compute);
        AddGroup("Columns", _drift.AddTo);
        AddGroup("Format", _format);
        AddGroup("Format", _content.AddTo);
        AddGroup("CSV and values", _csv.AddTo);
        AddGroup("Growing files", _tail.AddTo);
        AddGroup("Speed", _pace.AddTo);
        AddGroup("Speed", _bulk, _lanes, _parsers, _oneTransaction);
        AddGroup("After the load", _disposal.AddTo);
    }

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        context.StandardLogLevel = "warn"; // the summary is sufficient
        context.ReportsFailedFiles = !context.Json;
        if (context.Get(_keepNames) && !context.Get(_create))
            throw CliException.Usage("--keep-names needs --create: it names the columns of a new table");
        var paths = context.Get(_paths)!;
        var pipes = FileArguments.Pipes(context, paths);
        var pipeline = PipelineFor(context);
        IReadOnlyList<SeenFile> files = [.. pipes.Select(pipe => pipe.Seen),
            .. FileArguments.Resolve(context, [.. paths.Where(path => !FileArguments.IsPipe(context, path))],
                pipeline.Recursive)];
        _content.Apply(context, pipeline);
        MetadataOption.Apply(context, _metadata, pipeline);
        _write.Apply(context, pipeline);
        _disposal.Apply(context, pipeline);
        _wholeFile.Apply(context, pipeline);
        _pace.Apply(context, pipeline);
        ComputeOption.Apply(context, _compute, pipeline);
        _drift.Apply(context, pipeline, readsPipes: pipes.Count > 0);
        FormatOption.Apply(context, _format, pipeline);
        _csv.Apply(context, pipeline.Csv);
        _tail.Apply(context, pipeline, context.Get(_oneTransaction));
        BulkOption.Apply(context, _bulk, pipeline);
        if (pipes.Count == 0)
            UnnamedTable.Expect(context, context.Get(_table), pipeline, paths[0], [.. files.Select(file => file.Path)]);
        var delimiterIsChosen = _csv.HasDelimiter(context);
        var warm = files.Count > pipes.Count
            ? Task.Run(() => ParserWarmUp.Run(files[^1].Path, pipeline.Csv), CancellationToken.None) : Task.CompletedTask;
        if (pipes.Count > 0 && context.Get(_create) && TableTemplate.IsOne(pipeline.Table))
            throw CliException.Usage(
                $"--table {pipeline.Table} names a table for each file, and --create makes only one from a pipe: name it, or "
                + "create the tables first");
        if (files.Count == 0 && context.Get(_create)) return NoFiles(context); // they would define the table
        await using var database = await OpenDatabase.OpenForLoadAsync(context, cancellationToken);
        await database.MigrateAsync(TableNames.IsEvents(pipeline.Table), cancellationToken);
        if (TableTemplate.IsOne(pipeline.Table))
            RoutedLoad.Apply(pipeline, context.Get(_create), context.Get(_keepNames), delimiterIsChosen);
        else if (context.Get(_create) && files.Count > 0)
            await TableCreation.EnsureAsync(context, database, pipeline,
                new FirstFile(files[0].Path, pipes is [var pipe, ..] ? pipe : null), delimiterIsChosen, context.Get(_keepNames),
                cancellationToken);
        await CheckTableAsync(database, pipeline, cancellationToken);
        var interrupted = new InterruptedLoad(pipes.Count > 0, context.Get(_again));
        try
        {
            return await LoadAsync(context, database, pipeline, files, pipes, warm, interrupted.Started, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw await interrupted.ReportAsync(context, database);
        }
    }

    async Task<int> LoadAsync(
        CliContext context, OpenDatabase database, PipelineOptions pipeline, IReadOnlyList<SeenFile> files,
        IReadOnlyList<PipeInput> pipes, Task warm, Action<FileClaim> started, CancellationToken cancellationToken)
    {
        await using var node = await IngestNode.StartAsync(
            new IngestNodeOptions
            {
                ConnectionString = database.ConnectionString,
                LedgerPool = database.LedgerPool,
                Kind = NodeKind.Load,
                Pipelines = [pipeline],
                BatchMemoryBytes = BatchMemoryBytes,
                Pipes = pipes,
                InOneTransaction = context.Get(_oneTransaction)
            },
            context.Loggers, context.Time, cancellationToken);

        using var bulk = await BulkRun.BeginAsync(
            context, node, pipeline, files, pipes.Count > 0, context.Get(_again), cancellationToken);
        await warm;
        var began = context.Time.GetTimestamp();
        using var progress = LoadProgress.Start(context, node, files);
        await using var workers = new TaskFileWorkers(node, context.Loggers) { OnEnded = progress.Ended };
        var load = new OneShotLoad(node, pipeline.Name, workers)
        {
            Again = context.Get(_again) ? new OperatorAct(CliContext.Who, "load --again") : null,
            Retry = new OperatorAct(CliContext.Who, "load"),
        };
        var all = await load.RunAsync(files, started, cancellationToken);
        // An archive is its members: it has no rows of its own.
        FileState[] states = [.. all.Where(s => !s.IsArchive)];
        var seconds = context.Time.GetElapsedTime(began).TotalSeconds;
        progress.Dispose();
        var indexes = await bulk.FinishAsync(node.Lanes, cancellationToken);

        var repeats = await node.Health.RetryAsync(token => LoadReport.RepeatsAsync(node, states, token), cancellationToken);
        var openRejects = await node.Health.RetryAsync(
            token => LoadReport.OpenRejectsAsync(node, states, token), cancellationToken);
        var summary = LoadReport.Summarize(states, repeats, seconds) with
        {
            SkippedRejects = openRejects.Values.Sum(),
            Disposals = await LoadDisposals.RunAsync(context, node, pipeline, all, cancellationToken),
            Indexes = indexes,
        };
        var examples = summary.RowsRejected > 0 && !context.Json
            ? await node.Health.RetryAsync(token => LoadReport.ExamplesAsync(node, states, token), cancellationToken) : [];
        LoadReport.Print(context, states, summary, examples, openRejects, pipeline, database);
        return summary.FilesFailed > 0 || summary.Disposals?.Failed > 0 || indexes?.IsIncomplete == true
            || HasTooManyRejects(context, summary)
            ? ExitCode.Failed
            : ExitCode.Done;
    }

    /// <summary>A file without a single good record was probably read with wrong options, so that it fails the load unless the
    /// caller has set a limit.</summary>
    bool HasTooManyRejects(CliContext context, LoadSummary summary) => context.IsGiven(_maxRejectedShare)
        ? summary.RowsRejected > context.Get(_maxRejectedShare) * (summary.RowsLoaded + summary.RowsRejected)
        : summary.FilesAllRejected > 0;

    static int NoFiles(CliContext context)
    {
        if (context.Json) context.WriteJson(LoadReport.Summarize([], [], 0), ResultJson.Default.LoadSummary);
        else context.Output.WriteLine("no matching files");
        return ExitCode.Done;
    }

    /// <summary>Before anything is written to the ledger: a pipeline for a mistyped name would stay there.</summary>
    static async Task CheckTableAsync(OpenDatabase database, PipelineOptions pipeline, CancellationToken cancellationToken)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(cancellationToken);
        try
        {
            await PipelineTable.CheckAsync(pipeline, connection, cancellationToken);
        }
        catch (TargetTableException failure)
        {
            throw new CliException(failure.Message);
        }
    }

    PipelineOptions PipelineFor(CliContext context)
    {
        var pipeline = PipelineChoice.For(context, context.Get(_table));
        if (context.IsGiven(_recursive)) pipeline.Recursive = context.Get(_recursive);
        if (context.IsGiven(_lanes)) pipeline.Lanes = (int)context.Get(_lanes);
        ParsersOption.Apply(context, _parsers, pipeline);
        if (context.Get(_onChange) is { } change)
            pipeline.OnChange = Enum.Parse<ChangePolicy>(change, ignoreCase: true);
        if (context.Get(_onRewrite) is { } rewrite) pipeline.OnRewrite = Enum.Parse<RewritePolicy>(rewrite, ignoreCase: true);
        if (context.Get(_sameContent) is { } what)
            pipeline.SameContent = what == "skip" ? SameContentPolicy.Skip : SameContentPolicy.Load;
        return pipeline;
    }
}
