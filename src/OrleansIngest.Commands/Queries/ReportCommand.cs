using System.CommandLine;
using System.Globalization;
using Npgsql;
using OrleansIngest.Commands.Databases;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Commands.Tables;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Commands.Queries;

/// <summary>Summarizes a time range in a sentence: the digest of the history page.</summary>
sealed class ReportCommand : IngestCommand
{
    readonly MomentOption _since = new("--since", "Start", standard: "12h");
    readonly MomentOption _until = new("--until", "End", otherwise: "now");
    readonly Option<string?> _pipeline = new("--pipeline") { Description = "Only this pipeline", HelpName = "NAME" };

    public ReportCommand()
        : base(
            "report",
            "Summarize what happened: files, rows, rejects, quarantined files, alerts, pauses, lost nodes. Times are local.",
            "ingest report --since 12h",
            "ingest report --since yesterday --until today",
            "ingest report --since \"2026-01-03 20:00\" --until \"2026-01-04 08:00\"",
            "ingest report --since 20:00 --pipeline orders --json | jq .files")
    {
        foreach (var option in new Option[] { _since, _until, _pipeline }) Add(option);
    }

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        context.StandardLogLevel = "warn";
        var (from, to) = (context.Get(_since)!.Value, context.Get(_until));
        if (to is { } end && from >= end && !context.IsGiven(_since))
            throw CliException.Usage(
                $"--until is {LocalMoment.Describe(end, context.Time)}, but the default of --since is 12h ago: add an earlier "
                    + "--since");
        if (from >= (to ?? context.Time.GetUtcNow()))
            throw CliException.Usage("--since must be before --until, and in the past");
        await using var database = await OpenDatabase.OpenAsync(context, "ingest/report", cancellationToken);
        if (!context.Json && OtherDatabases.Note(context) is { } note) context.Error.WriteLine(note);
        var report = await ReadAsync(context, database.DataSource, from, to, cancellationToken);
        if (context.Json) context.WriteJson(report, ViewJson.Default.Report);
        else Print(context, report);
        return ExitCode.Done;
    }

    async Task<Report> ReadAsync(
        CliContext context, NpgsqlDataSource dataSource, DateTimeOffset from, DateTimeOffset? to,
        CancellationToken cancellationToken)
    {
        try
        {
            var zone = context.Time.LocalTimeZone;
            return await new ReportViews(dataSource).ReadAsync(from, to, context.Get(_pipeline), zone, cancellationToken);
        }
        catch (PostgresException failure) when (LedgerTables.AreMissing(failure))
        {
            throw LedgerTables.Missing(failure);
        }
    }

    static void Print(CliContext context, Report report)
    {
        context.Output.WriteLine(SafeText.Of(report.Text));
        foreach (var one in report.Events)
        {
            var by = one.Who is null ? "" : $", by {one.Who}";
            // A pause needs no reason, and lasts.
            var until = one is { Kind: "pause", EndedAt: { } end } ? $", until {Local(end)}" : "";
            var detail = one.Detail is null ? "" : $": {one.Detail}";
            var text = SafeText.Of($"{one.Pipeline ?? one.Node}{by}{until}{detail}".TrimStart(':', ' '));
            context.Output.WriteLine($"  {Local(one.At)}  {one.Kind,-5}  {text}");
        }

        string Local(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, context.Time.LocalTimeZone)
            .ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
    }
}
