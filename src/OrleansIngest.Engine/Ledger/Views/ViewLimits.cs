namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Limits of the rows read for one answer.</summary>
public static class ViewLimits
{
    /// <summary>Matches are counted up to here: counting all of a million rows would cost more than the page.</summary>
    public const int CountedUpTo = 10_000;
}
