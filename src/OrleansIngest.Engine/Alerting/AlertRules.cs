using System.Globalization;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Alerting;

/// <summary>The conditions that hold. Pure: equal facts give equal conditions.</summary>
public static class AlertRules
{
    /// <summary>The rules that are evaluated from the ledger: all except the one about the database itself.</summary>
    public static IReadOnlyList<string> FromLedger { get; } =
    [
        AlertRule.Stalled, AlertRule.RejectRate, AlertRule.RejectFile, AlertRule.Quarantined, AlertRule.OldestFile,
        AlertRule.NoFileBy,
        AlertRule.Disposal, AlertRule.Drift, AlertRule.Expected, AlertRule.DeadNode, AlertRule.Configuration,
    ];

    /// <summary>The conditions of a pipeline.</summary>
    /// <param name="facts">The pipeline's facts, from the ledger.</param>
    /// <param name="now">The database's clock.</param>
    public static IEnumerable<AlertCondition> Of(AlertFacts facts, DateTimeOffset now)
    {
        var options = facts.Options;
        if (!facts.IsPaused && facts.Open > 0 && options.Stalled > TimeSpan.Zero && Still(facts) is { } still
            && still >= options.Stalled)
        {
            yield return new AlertCondition(AlertRule.Stalled, facts.Pipeline, null, true,
                $"{Count(facts.Open, "file")} of pipeline {facts.Pipeline} {(facts.Open == 1 ? "is" : "are")} waiting or "
                    + $"loading, and nothing has been committed for {Elapsed.Of(still)}",
                still.TotalSeconds, options.Stalled.TotalSeconds);
        }

        var percent = facts.Records == 0 ? 0 : 100.0 * facts.Rejected / facts.Records;
        if (facts.Records >= options.RejectMinimum && percent > options.RejectPercent)
        {
            yield return new AlertCondition(AlertRule.RejectRate, facts.Pipeline, null, false,
                string.Create(CultureInfo.InvariantCulture,
                    $"{percent:0.#} % of the records of pipeline {facts.Pipeline} were rejected in the last "
                        + $"{Elapsed.Of(options.RejectWindow)}: {facts.Rejected} of {facts.Records}"),
                Math.Round(percent, 2), options.RejectPercent);
        }

        if (facts.WorstFile is { } worst)
        {
            var others = facts.RejectedFiles > 1
                ? $", and at least {options.RejectFilePercent} % of the records of {Count(facts.RejectedFiles - 1, "other file")}"
                : "";
            yield return new AlertCondition(AlertRule.RejectFile, facts.Pipeline, null, worst.Rejected >= worst.Records,
                $"{worst.Rejected} of {Count(worst.Records, "record")} of {NameOf(worst.Path)} (pipeline {facts.Pipeline}) "
                    + $"{(worst.Rejected == 1 ? "is" : "are")} rejected{others}",
                Math.Round(100.0 * worst.Rejected / worst.Records, 2), options.RejectFilePercent);
        }

        if (options.Quarantined > 0 && facts.Quarantined >= options.Quarantined)
        {
            var are = facts.Quarantined == 1 ? "is quarantined:" : "are quarantined, most recently";
            yield return new AlertCondition(AlertRule.Quarantined, facts.Pipeline, null, true,
                $"{Count(facts.Quarantined, "file")} of pipeline {facts.Pipeline} {are} {NameOf(facts.NewestQuarantined ?? "")}",
                facts.Quarantined, options.Quarantined);
        }

        if (!facts.IsPaused && options.OldestFile > TimeSpan.Zero && facts.OldestFor is { } oldest
            && oldest >= options.OldestFile)
        {
            yield return new AlertCondition(AlertRule.OldestFile, facts.Pipeline, null, false,
                $"A file of pipeline {facts.Pipeline} has been waiting for {Elapsed.Of(oldest)}", oldest.TotalSeconds,
                options.OldestFile.TotalSeconds);
        }

        if (Deadline(options, now) is { } deadline && now >= deadline && facts.CameToday == false)
        {
            yield return new AlertCondition(AlertRule.NoFileBy, facts.Pipeline, null, false,
                $"No file has arrived for pipeline {facts.Pipeline} today by {options.NoFileBy} {options.TimeZone}",
                (now - deadline).TotalSeconds, 0);
        }

        foreach (var condition in OfFiles(facts)) yield return condition;
    }

    static IEnumerable<AlertCondition> OfFiles(AlertFacts facts)
    {
        if (facts.FailingDisposals > 0)
        {
            yield return new AlertCondition(AlertRule.Disposal, facts.Pipeline, null, false,
                $"{Count(facts.FailingDisposals, "file")} of pipeline {facts.Pipeline} cannot be archived or deleted; the rows "
                    + $"are loaded. Most recently: {facts.DisposalError}",
                facts.FailingDisposals, 1);
        }

        if (facts.DriftDecisions > 0)
        {
            yield return new AlertCondition(AlertRule.Drift, facts.Pipeline, null, false,
                $"Files of pipeline {facts.Pipeline} differ from its table: {Count(facts.DriftDecisions, "difference")} in the "
                    + $"last {Elapsed.Of(facts.Options.Drift)}, most recently: {facts.NewestDrift}",
                facts.DriftDecisions, 1);
        }

        if (facts.Expected is { IsMissed: true } expected)
        {
            yield return new AlertCondition(AlertRule.Expected, facts.Pipeline, null, false,
                string.Create(CultureInfo.InvariantCulture,
                    $"{Count(expected.Came, "file")} {(expected.Came == 1 ? "has" : "have")} arrived for pipeline "
                        + $"{facts.Pipeline} since {expected.Window.Start:yyyy-MM-dd HH:mm}Z; at least {expected.AtLeast} "
                        + $"expected by {expected.Window.End:yyyy-MM-dd HH:mm}Z"),
                expected.Came, expected.AtLeast);
        }
    }

    /// <summary>The condition of a node that died.</summary>
    public static AlertCondition Of(DeadNode node) => new(AlertRule.DeadNode, null, node.Node, false,
        $"Node {node.Node} on {node.Host} died; other nodes, if any, continue its files",
        node.For.TotalSeconds, 0);

    /// <summary>The condition of a database that does not answer.</summary>
    public static AlertCondition DatabaseAway(string node, TimeSpan away, TimeSpan threshold, string reason) =>
        new(AlertRule.DatabaseAway, null, node, true,
        $"The database has been unavailable to node {node} for {Elapsed.Of(away)}: {reason}", away.TotalSeconds,
        threshold.TotalSeconds);

    /// <summary>When today's first file is due, and when today began; null when no file is due. A time that is skipped when the
    /// clocks go forward is due an hour later.</summary>
    public static DateTimeOffset? Deadline(AlertOptions options, DateTimeOffset now) =>
        TimeOnly.TryParseExact(options.NoFileBy, "HH:mm", out var time) ? At(options, now, time) : null;

    /// <summary>When today began, in the time zone of the pipeline's deadline.</summary>
    public static DateTimeOffset DayOf(AlertOptions options, DateTimeOffset now) => At(options, now, TimeOnly.MinValue);

    static DateTimeOffset At(AlertOptions options, DateTimeOffset now, TimeOnly time)
    {
        var zone = TimeZoneInfo.TryFindSystemTimeZoneById(options.TimeZone, out var found) ? found : TimeZoneInfo.Utc;
        var local = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime).ToDateTime(time);
        if (zone.IsInvalidTime(local)) local = local.AddHours(1);
        return new DateTimeOffset(local, zone.GetUtcOffset(local));
    }

    /// <summary>Time since the last commit, but not longer than there have been files to load.</summary>
    static TimeSpan? Still(AlertFacts facts) =>
        facts.OpenFor is not { } open ? null : facts.SinceCommit is { } commit && commit < open ? commit : open;

    static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    static string Count(long number, string what) => string.Create(CultureInfo.InvariantCulture,
        $"{number} {what}{(number == 1 ? "" : "s")}");
}
