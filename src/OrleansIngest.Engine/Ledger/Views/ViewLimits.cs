namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Limits on the rows read for one answer.</summary>
public static class ViewLimits
{
    /// <summary>Matches are counted up to this number: counting a million rows would cost more than the page itself.</summary>
    public const int CountedUpTo = 10_000;
}
