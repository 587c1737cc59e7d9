using System.Globalization;
using OrleansIngest.Engine.Diagnostics;

namespace OrleansIngest.Engine.Ledger.Operators;

/// <summary>The effect of each verb on a file in each state: one pure function, so that pages, REST and CLI agree.</summary>
public static class FileVerbs
{
    /// <summary>The verbs that would change something now, by their names in REST: <c>retry</c>, <c>skip</c>, <c>quarantine</c>,
    /// <c>replay</c>, <c>replace</c>.</summary>
    /// <param name="file">Its state.</param>
    /// <param name="again">Whether loading a loaded file again is included, for callers that ask for
    /// confirmation. Default: false.</param>
    public static IReadOnlyList<string> For(FileCondition file, bool again = false) =>
        [.. Enum.GetValues<FileVerb>().Where(v => Decide(v, file, again).Outcome == VerbOutcome.Done).Select(NameOf)];

    /// <summary>The verb's name in REST and CLI.</summary>
    public static string NameOf(FileVerb verb) => verb switch
    {
        FileVerb.Retry => "retry",
        FileVerb.Skip => "skip",
        FileVerb.Quarantine => "quarantine",
        FileVerb.Replay => "replay",
        FileVerb.Replace => "replace",
        _ => throw new ArgumentOutOfRangeException(nameof(verb), verb, null),
    };

    internal static FileDecision Decide(FileVerb verb, FileCondition file, bool again) => verb switch
    {
        FileVerb.Retry => Retry(file),
        FileVerb.Skip => Skip(file),
        FileVerb.Quarantine => Quarantine(file),
        FileVerb.Replay => Replay(file, again),
        FileVerb.Replace => Replace(file),
        _ => throw new ArgumentOutOfRangeException(nameof(verb), verb, null),
    };

    static FileDecision Retry(FileCondition file) => file.Status switch
    {
        FileStatus.Loading => Nothing($"is being loaded by {file.Owner}"),
        FileStatus.Ready => Nothing("is already waiting to be loaded"),
        FileStatus.Discovered => Nothing("is not ready yet; it will be loaded once it is"),
        FileStatus.Loaded => Refused($"is loaded ({Rows(file)}): there is nothing to retry; see replay --help"),
        FileStatus.Ignored => Refused($"is ignored ({file.Reason}); replay loads it anyway"),
        FileStatus.Vanished => Refused("was removed before it was loaded; replay searches for it again"),
        _ when file.IsOvertaken => Overtaken(file),
        _ => Ready(file),
    };

    static FileDecision Skip(FileCondition file) => file.Status switch
    {
        FileStatus.Loaded => Refused($"is loaded: {RowsAre(file)} in the table"),
        FileStatus.Vanished => Nothing("is gone: there is nothing to load"),
        FileStatus.Ignored when file.Skipped => Nothing("is already skipped"),
        _ => new(VerbOutcome.Done, $"is skipped{Kept(file)}", FileStatus.Ignored),
    };

    static FileDecision Quarantine(FileCondition file) => file.Status switch
    {
        FileStatus.Quarantined => Nothing("is already quarantined"),
        FileStatus.Loaded => Refused($"is loaded: {RowsAre(file)} in the table"),
        FileStatus.Ignored or FileStatus.Vanished => Refused($"is {file.Status.ToName()}: it will not be loaded"),
        _ => new(VerbOutcome.Done, $"is quarantined{Kept(file)}", FileStatus.Quarantined),
    };

    static FileDecision Replay(FileCondition file, bool again) => file.Status switch
    {
        FileStatus.Loaded => Again(file, again),
        FileStatus.Ignored or FileStatus.Vanished when file.IsOvertaken => Overtaken(file),
        FileStatus.Ignored when file.IsRepeat && !again =>
            Refused(
                $"was not loaded ({file.Reason}): loading it would put each row into the table twice. replay --again "
                    + "loads it anyway"),
        FileStatus.Ignored or FileStatus.Vanished => Ready(file),
        _ => Retry(file),
    };

    /// <summary>A fully loaded file is not loaded again by accident: its rows would be in the table twice.</summary>
    static FileDecision Again(FileCondition file, bool again)
    {
        if (OvertakenOrUnderWay(file) is { } other) return other;
        if (!again && file.IsReplacedByNewer)
            return Refused(
                $"is loaded ({Rows(file)}). To load only its rejects: replay --rejects. To replace its rows: replay --again");
        if (!again && file.CommittedRows == 0)
            return Refused("is loaded (0 rows). To load its rejects: replay --rejects. To load all of it again: replay --again");
        if (!again)
        {
            return Refused(
                $"is loaded ({Rows(file)}): loading it again would put each row into the table twice. To load only its rejects: "
                + "replay --rejects. To replace its rows: replay --replace. To add them on purpose, or after they were deleted: "
                + "replay --again");
        }

        if (file.IsReplacedByNewer) return InPlace(file);
        return new(VerbOutcome.Done,
            string.Create(CultureInfo.InvariantCulture,
                $"will be loaded again as version {file.Version + 1}; {Rows(file)} of version {file.Version} "
                    + $"{(file.CommittedRows == 1 ? "stays" : "stay")} in the table"),
            FileStatus.Ready, NewVersion: true);
    }

    static FileDecision Replace(FileCondition file)
    {
        if (OvertakenOrUnderWay(file) is { } other) return other;
        if (file.Status is FileStatus.Ready or FileStatus.Discovered)
        {
            return file.PathRows == 0
                ? Nothing("is not loaded yet, but will be")
                : Refused(string.Create(CultureInfo.InvariantCulture,
                    $"is waiting to be loaded and will continue after its committed part: run ingest quarantine first "
                        + $"({RowsArePresent(file)} in the table)"));
        }

        if (file.Status == FileStatus.Loading) return Refused($"is being loaded by {file.Owner}: ingest quarantine stops that");
        if (file.Status != FileStatus.Loaded && file.PathRows == 0)
            return Refused("has no row in the table that could be replaced: ingest replay loads it");
        return file.WhyNotReplaced is { } why ? Refused($"cannot be replaced: {why}") : InPlace(file);
    }

    static FileDecision InPlace(FileCondition file) => new(VerbOutcome.Done,
        string.Create(CultureInfo.InvariantCulture,
            $"will be loaded again as version {file.Version + 1}; {RowsArePresent(file)} removed from the table in the "
                + $"transaction that adds the new ones"),
        FileStatus.Ready, NewVersion: true);

    static FileDecision? OvertakenOrUnderWay(FileCondition file)
    {
        if (!file.IsOvertaken) return null;
        if (!file.NewestIsTheSame || file.NewestStatus == FileStatus.Loaded) return Overtaken(file);
        return Nothing(string.Create(CultureInfo.InvariantCulture,
            $"is already being loaded again, as version {file.NewestVersion} (file {file.NewestId})"));
    }

    /// <summary>Of all versions of the path.</summary>
    static string RowsArePresent(FileCondition file) =>
        $"{Counted.Of(file.PathRows, "row")} {(file.PathRows == 1 ? "is" : "are")}";

    static FileDecision Ready(FileCondition file) => new(VerbOutcome.Done,
        file.CommittedRows > 0 ? $"is ready and continues after its committed part ({RowsAre(file)} in the table)"
            : "is ready to be loaded", FileStatus.Ready);

    static FileDecision Overtaken(FileCondition file) => Refused(string.Create(CultureInfo.InvariantCulture,
        $"is an old version of this path: the current one is version {file.NewestVersion} (file {file.NewestId}, "
            + $"{file.NewestStatus.ToName()}){Kept(file)}"));

    static string Kept(FileCondition file) => file.CommittedRows > 0
        ? $"; {Rows(file)} of it "
            + $"{(file.CommittedRows == 1 ? "is in the table already, and stays" : "are in the table already, and stay")} there"
            : "";

    static string Rows(FileCondition file) => Counted.Of(file.CommittedRows, "row");

    static string RowsAre(FileCondition file) => $"{Rows(file)} {(file.CommittedRows == 1 ? "is" : "are")}";

    static FileDecision Nothing(string message) => new(VerbOutcome.Nothing, message);

    static FileDecision Refused(string message) => new(VerbOutcome.Refused, message);
}
