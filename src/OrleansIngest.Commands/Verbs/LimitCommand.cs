using System.CommandLine;
using System.Globalization;
using OrleansIngest.Commands.Arguments;
using OrleansIngest.Commands.Databases;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Commands.Verbs;

/// <summary>Says what pipelines may take of the silos.</summary>
sealed class LimitCommand : IngestCommand
{
    const string None = "none";

    readonly Argument<string> _pipeline = new("PIPELINE") { Description = "Name of a pipeline" };

    readonly Option<string?> _files = new("--max-files")
    {
        Description = "Maximum number of files loading at once in the cluster: 1 to 1000000, or none for no limit",
        HelpName = "N",
    };

    readonly Option<string?> _priority = new("--priority")
    {
        Description = "-100 to 100: pipelines with a higher priority are served first, equal ones share evenly. Default: 0",
        HelpName = "P",
    };

    public LimitCommand()
        : base(
            "limit",
            "Set how many files of a pipeline may load at once, and its priority; without options, show both. Survives restarts.",
            "ingest limit events                       # show the current limits",
            "ingest limit events --max-files 4         # spare the database",
            "ingest limit events --max-files none --priority 10")
    {
        Add(_pipeline);
        Add(_files);
        Add(_priority);
    }

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        var pipeline = context.Get(_pipeline)!;
        var files = context.Get(_files) is { } text && text != None ? Number(text, "--max-files", 1, 1_000_000, $", or {None}")
            : (int?)null;
        var priority = context.Get(_priority) is { } number ? Number(number, "--priority", -100, 100, "") : (int?)null;
        await using var database = await OpenDatabase.OpenAsync(context, "ingest/limit", cancellationToken);
        var ledger = new PipelineLedger(database.DataSource);
        var before = await ledger.OrdersAsync(pipeline, cancellationToken)
            ?? throw await PipelineNames.UnknownAsync(database.DataSource, pipeline, cancellationToken);
        if (context.IsGiven(_files) || context.IsGiven(_priority))
        {
            await ledger.SetLimitsAsync(
                pipeline, context.IsGiven(_files) ? files : before.MaxInFlight, priority ?? before.Priority,
                $"{Environment.UserName}@{Environment.MachineName}", cancellationToken);
        }

        var after = await ledger.OrdersAsync(pipeline, cancellationToken) ?? before;
        if (context.Json) context.WriteJson(new LimitResult(pipeline, after.MaxInFlight, after.Priority),
            ResultJson.Default.LimitResult);
        else context.Output.WriteLine(
            $"{pipeline}: files loading at once: "
                + $"{after.MaxInFlight?.ToString(CultureInfo.InvariantCulture) ?? "as many as the silos take"}; priority "
                + $"{after.Priority}");
        return ExitCode.Done;
    }

    static int Number(string text, string option, int minimum, int maximum, string or) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= minimum
            && number <= maximum
            ? number
            : throw CliException.Usage(string.Create(CultureInfo.InvariantCulture,
                $"{option} must be a whole number from {minimum} to {maximum}{or}, not '{text}'"));
}
