using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Whether the expected number of files has arrived for a pipeline.</summary>
/// <param name="Window">The last window that has ended.</param>
/// <param name="Came">Files discovered since it began, counted up to
/// <paramref name="AtLeast"/>: a late one ends the alert.</param>
/// <param name="AtLeast">Number of expected files.</param>
/// <param name="Since">When the schedule was configured: windows that ended before are not evaluated.</param>
public sealed record ExpectedFiles(ExpectedWindow Window, long Came, int AtLeast, DateTimeOffset Since)
{
    /// <summary>Whether too few arrived.</summary>
    public bool IsMissed => Came < AtLeast && Window.End > Since;
}
