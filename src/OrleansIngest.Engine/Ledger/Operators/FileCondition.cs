namespace OrleansIngest.Engine.Ledger.Operators;

/// <summary>The properties of a version of a file that decide whether a verb applies.</summary>
public sealed record FileCondition
{
    /// <summary>Its state.</summary>
    public required FileStatus Status { get; init; }

    /// <summary>Why it is in this state, human-readable; null for none. Default: null.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether an operator has skipped it. Default: false.</summary>
    public bool Skipped { get; init; }

    /// <summary>Whether it was not loaded because its content had been loaded already. Default: false.</summary>
    public bool IsRepeat { get; init; }

    /// <summary>The node that loads it, or did last; null before the first claim. Default: null.</summary>
    public string? Owner { get; init; }

    /// <summary>Rows of it that are in the table. Default: 0.</summary>
    public long CommittedRows { get; init; }

    /// <summary>Rows of this version and of older ones of its path that are in the table. Default: 0.</summary>
    public long PathRows { get; init; }

    /// <summary>Why rows of older versions cannot be removed, human-readable; null if they can
    /// (<see cref="Replacement"/>). Default: null.</summary>
    public string? WhyNotReplaced { get; init; }

    /// <summary>Whether in its pipeline every newer version replaces older ones. Default: false.</summary>
    public bool IsReplacedByNewer { get; init; }

    /// <summary>Its version, from 1. Default: 1.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The newest version under its path. Default: 1.</summary>
    public int NewestVersion { get; init; } = 1;

    /// <summary>The newest version's state. Default: discovered.</summary>
    public FileStatus NewestStatus { get; init; }

    /// <summary>The newest version's key. Default: 0.</summary>
    public FileId NewestId { get; init; }

    /// <summary>Whether the newest version has this one's size and time: the same content, deliberately loaded again. Default:
    /// false.</summary>
    public bool NewestIsTheSame { get; init; }

    /// <summary>Whether a newer version has superseded this one.</summary>
    public bool IsOvertaken => NewestVersion > Version;
}
