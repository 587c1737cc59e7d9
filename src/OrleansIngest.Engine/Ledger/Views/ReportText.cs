using System.Globalization;
using OrleansIngest.Engine.Diagnostics;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>A report as a sentence: the same on pages and in a terminal.</summary>
static class ReportText
{
    const int MostNamed = 3;

    /// <summary>The sentence.</summary>
    /// <param name="report">The report.</param>
    /// <param name="isUntilNow">Whether the range ends now.</param>
    /// <param name="zone">The time zone of times in the sentence.</param>
    public static string Of(Report report, bool isUntilNow, TimeZoneInfo zone)
    {
        // Within a day, the time of day is unambiguous.
        var isShort = report.To - report.From <= TimeSpan.FromDays(1);
        var start = isUntilNow ? $"Since {Time(report.From)}" : $"From {Time(report.From)} to {Time(report.To)}";
        string[] parts = [.. Parts(report, Time)];
        var of = report.Pipeline is { } pipeline ? $", pipeline {pipeline}" : "";
        return $"{start}{of}: {(parts.Length == 0 ? "nothing was loaded" : string.Join(", ", parts))}.";

        string Time(DateTimeOffset at) =>
            TimeZoneInfo.ConvertTime(at, zone).ToString(isShort ? "HH:mm" : "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
    }

    static IEnumerable<string> Parts(Report report, Func<DateTimeOffset, string> time)
    {
        if (report.Files > 0 || report.RowsLoaded > 0)
        {
            yield return Number(report.Files, "file");
            yield return Number(report.RowsLoaded, "row");
        }

        var where = report.RejectFiles > 0 ? $" in {Number(report.RejectFiles, "file")}" : "";
        if (report.RowsRejected > 0) yield return Number(report.RowsRejected, "reject") + where;
        if (report.Quarantined > 0) yield return $"{Number(report.Quarantined, "file")} quarantined{Still(report)}";
        var firing = report.Firing > 0 ? string.Create(CultureInfo.InvariantCulture, $" ({report.Firing:N0} still firing)") : "";
        if (report.Alerts > 0) yield return Number(report.Alerts, "alert") + firing;
        var pauses = report.Events.Where(e => e.Kind == "pause" && e.At >= report.From);
        var lost = report.Events.Where(e => e.Kind == "node");
        foreach (var part in Named(pauses, "pause", e => $"{e.Pipeline} was paused at {time(e.At)}")) yield return part;
        foreach (var part in Named(lost, "node", e => $"{e.Node} was lost at {time(e.At)}")) yield return part;
    }

    static string Still(Report report) => report.StillQuarantined switch
    {
        0 => " (none still)",
        var some when some < report.Quarantined => string.Create(CultureInfo.InvariantCulture, $" ({some:N0} still)"),
        _ => "",
    };

    static IEnumerable<string> Named(IEnumerable<ReportEvent> events, string noun, Func<ReportEvent, string> say)
    {
        var all = events.ToArray();
        foreach (var one in all.Take(MostNamed)) yield return say(one);
        if (all.Length > MostNamed) yield return $"and {Counted.Of(all.Length - MostNamed, $"other {noun}")}";
    }

    static string Number(long number, string noun) => number switch
    {
        < 1_000_000 => Counted.Of(number, noun),
        < 1_000_000_000 => Short(number, 1_000_000, "M", noun),
        _ => Short(number, 1_000_000_000, "B", noun),
    };

    static string Short(long number, long unit, string letter, string noun) => string.Create(
        CultureInfo.InvariantCulture, $"{Math.Floor(number / (unit / 10.0)) / 10:0.0} {letter} {Counted.Noun(number, noun)}");
}
