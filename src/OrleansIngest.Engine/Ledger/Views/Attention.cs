using System.Globalization;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Open items that require a decision or another attempt. The most severe one determines the level.</summary>
/// <param name="FilesQuarantined">Quarantined files, except versions without committed rows whose path has a newer
/// version.</param>
/// <param name="FilesAllRejected">Loaded files all of whose records are open rejects.</param>
/// <param name="FilesFailed">Files that wait for their next attempt.</param>
/// <param name="OpenRejects">Rejected records that were neither replayed nor closed.</param>
public sealed record Attention(long FilesQuarantined, long FilesAllRejected, long FilesFailed, long OpenRejects)
{
    /// <summary>How many of <see cref="OpenRejects"/> are records of <see cref="FilesAllRejected"/>. Default: 0.</summary>
    public long RejectsOfThose { get; init; }

    /// <summary>The open rejects of files of which at least one record was loaded.</summary>
    internal long OtherRejects => Math.Max(0, OpenRejects - RejectsOfThose);

    /// <summary><c>none</c>, <c>warning</c> or <c>critical</c>.</summary>
    public string Level =>
        FilesQuarantined > 0 || FilesAllRejected > 0 ? "critical" : FilesFailed > 0 || OpenRejects > 0 ? "warning" : "none";

    /// <summary>Human-readable, such as <c>4 files quarantined · 7,317 open rejects</c>; null when nothing is open.</summary>
    public string? Text => Level == "none" ? null : string.Join(" · ", Parts());

    internal static Attention Of(IEnumerable<PipelineSummary> pipelines)
    {
        var all = pipelines.Select(p => p.Attention).ToArray();
        return new(
            all.Sum(a => a.FilesQuarantined), all.Sum(a => a.FilesAllRejected), all.Sum(a => a.FilesFailed),
            all.Sum(a => a.OpenRejects))
        { RejectsOfThose = all.Sum(a => a.RejectsOfThose) };
    }

    IEnumerable<string> Parts()
    {
        if (FilesQuarantined > 0) yield return $"{Count(FilesQuarantined, "file")} quarantined";
        if (FilesAllRejected > 0) yield return $"{Count(FilesAllRejected, "file")} with every record rejected";
        if (FilesFailed > 0) yield return $"{Count(FilesFailed, "file")} failed";
        if (OtherRejects > 0) yield return Count(OtherRejects, FilesAllRejected > 0 ? "other open reject" : "open reject");
    }

    static string Count(long number, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:N0} {what}{(number == 1 ? "" : "s")}");
}
