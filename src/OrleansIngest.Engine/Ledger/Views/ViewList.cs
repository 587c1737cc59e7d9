namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>A page of a longer list.</summary>
/// <param name="Items">The items, in the requested order.</param>
/// <param name="Total">Number of matches on all pages; null beyond <see cref="ViewLimits.CountedUpTo"/>.</param>
/// <param name="TotalAtLeast">The minimum number of matches, if <paramref name="Total"/> is null.</param>
/// <param name="Next">The cursor of the next page, to be passed back unchanged; null on the last page.</param>
/// <typeparam name="T">A row.</typeparam>
public sealed record ViewList<T>(IReadOnlyList<T> Items, long? Total, long? TotalAtLeast, string? Next)
{
    /// <summary>Creates a complete list.</summary>
    public ViewList(IReadOnlyList<T> items)
        : this(items, items.Count, null, null)
    {
    }
}
