using System.CommandLine;
using Npgsql;
using OrleansIngest.Commands.Arguments;
using OrleansIngest.Commands.Checks;
using OrleansIngest.Commands.Configuration;
using OrleansIngest.Commands.Databases;
using OrleansIngest.Commands.Loading;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Diagnostics;

namespace OrleansIngest.Commands.Checks;

/// <summary>Verifies the setup before anything runs.</summary>
sealed class CheckCommand : IngestCommand
{
    readonly Argument<string?> _file = new("FILE")
    {
        Description =
            "File to read and map completely, showing what would be rejected. Without it, the configuration, directories and "
                + "database are checked",
        Arity = ArgumentArity.ZeroOrOne,
    };

    readonly Option<string?> _table = new("--table")
    {
        Description = "Target table of FILE. Default: the table of the only pipeline in the configuration",
        HelpName = "TABLE"
    };
    readonly ContentOptions _content = new();

    readonly CsvArguments _csv = new("the pipeline's setting, else auto");
    readonly Option<string?> _format = FormatOption.Create();
    readonly Option<string[]> _metadata = MetadataOption.Create();

    readonly WriteArguments _write = new();

    readonly DriftArguments _drift = new();
    readonly Option<string[]> _compute = ComputeOption.Create();
    readonly Option<long> _show = UnitOptions.Count("--show", "Number of rejected records to show", 20, 0, 1_000_000);

    public CheckCommand()
        : base(
            "check",
            "Check the configuration, the watched directories, the database and its privileges; or one file. Nothing is changed.",
            "ingest check                           # with ingest.json or the built-in pipeline",
            "ingest check --config nightly.json --db postgres://loader:secret@db/shop",
            "ingest check orders.csv --table orders # what would be rejected?")
    {
        Add(_file);
        Add(_table);
        Add(_show);
        AddGroup("Writing", _write.AddTo);
        AddGroup("Columns", _metadata, _compute);
        AddGroup("Columns", _drift.AddTo);
        AddGroup("Format", _format);
        AddGroup("Format", _content.AddTo);
        AddGroup("CSV and values", _csv.AddTo);
    }

    /// <inheritdoc/>
    public override Task<int> RunAsync(CliContext context, CancellationToken cancellationToken) =>
        context.Get(_file) is { } file ? FileAsync(context, context.FullPath(file), cancellationToken)
            : AllAsync(context, cancellationToken);

    async Task<int> FileAsync(CliContext context, string path, CancellationToken cancellationToken)
    {
        var pipeline = PipelineChoice.For(context, context.Get(_table));
        _content.Apply(context, pipeline);
        _csv.Apply(context, pipeline.Csv);
        MetadataOption.Apply(context, _metadata, pipeline);
        _write.Apply(context, pipeline);
        _drift.Apply(context, pipeline, readsPipes: false);
        ComputeOption.Apply(context, _compute, pipeline);
        FormatOption.Apply(context, _format, pipeline);
        FileArguments.One(path);
        UnnamedTable.Expect(context, context.Get(_table), pipeline, context.Get(_file)!, [path]);
        var result = await FileCheck.RunAsync(context, path, pipeline, (int)context.Get(_show), cancellationToken);
        if (context.Json)
            context.WriteJson(result, ResultJson.Default.CheckFileResult);
        else
            FileCheck.Print(result, context.Output);
        return result.Refusal is null && result.RowsRejected == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    static async Task<int> AllAsync(CliContext context, CancellationToken cancellationToken)
    {
        var checks = new CheckList();
        var pipelines = context.Configuration.Pipelines; // an invalid configuration ends the program here, with all problems
        checks.Ok("configuration",
            $"{Counted.Of(pipelines.Count, "pipeline")}: {string.Join(", ", pipelines.Select(pipeline => pipeline.Name))}");
        foreach (var pipeline in pipelines)
            DirectoryChecks.Add(pipeline, checks);
        await DatabaseAsync(context, checks, cancellationToken);
        Print(context, checks);
        return checks.Passed ? ExitCode.Done : ExitCode.Failed;
    }

    static async Task DatabaseAsync(CliContext context, CheckList checks, CancellationToken cancellationToken)
    {
        if (OpenDatabase.IsMissing(context))
        {
            // A check changes nothing, so it creates no server either.
            checks.Warning("database", $"{OpenDatabase.Missing(context)}; the tables were not checked");
            return;
        }

        await using (var database = await OpenDatabase.OpenAsync(context, "ingest/check", cancellationToken))
        {
            await DatabaseAsync(context, database, context.Database, context.NamedDatabase, checks, cancellationToken);
        }

        if (context.NamesDatabase) return;
        foreach (var (name, settings) in context.Databases)
        {
            await using var database = OpenDatabase.Of(settings, "ingest/check");
            await DatabaseAsync(context, database, settings, name, checks, cancellationToken);
        }
    }

    static async Task DatabaseAsync(
        CliContext context, OpenDatabase database, DatabaseSettings? settings, string? name, CheckList checks,
        CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await database.DataSource.OpenConnectionAsync(cancellationToken);
            var hasLedger = await DatabaseChecks.AddAsync(connection, database.Name, checks, cancellationToken);
            foreach (var pipeline in context.Configuration.Pipelines.Where(p => p.Database == name))
                await TableChecks.AddAsync(pipeline, isNewDatabase: !hasLedger, connection, checks, cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            checks.Failed($"database {database.Name}", Failure.Describe(exception, withStack: false, settings));
        }
    }

    static void Print(CliContext context, CheckList checks)
    {
        if (context.Json)
        {
            context.WriteJson(new CheckResult(checks.Passed, checks.Lines), ResultJson.Default.CheckResult);
            return;
        }

        foreach (var line in checks.Lines)
        {
            var mark = line.Status switch { CheckStatus.Ok => "ok  ", CheckStatus.Warning => "note", _ => "FAIL" };
            context.Output.WriteLine($"{mark}  {line.Subject}: {line.Detail}");
        }
    }
}
