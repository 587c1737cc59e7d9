using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Whether the expected number of files has arrived for a pipeline.</summary>
/// <param name="Window">The last one that has ended.</param>
/// <param name="Came">Files first seen since it began, counted up to <paramref name="AtLeast"/>: one that comes late ends the alert.</param>
/// <param name="AtLeast">How many are expected.</param>
/// <param name="Since">When the schedule was configured: windows that ended before are not evaluated.</param>
public sealed record ExpectedFiles(ExpectedWindow Window, long Came, int AtLeast, DateTimeOffset Since)
{
    /// <summary>Whether too few came.</summary>
    public bool IsMissed => Came < AtLeast && Window.End > Since;
}
