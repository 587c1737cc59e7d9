namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>A page of a longer list.</summary>
/// <param name="Items">In the order asked for.</param>
/// <param name="Total">How many match, over all pages; null beyond <see cref="ViewLimits.CountedUpTo"/>.</param>
/// <param name="TotalAtLeast">When <paramref name="Total"/> is null: how many match at least.</param>
/// <param name="Next">The cursor of the next page, to be passed back unchanged; null on the last page.</param>
/// <typeparam name="T">A row.</typeparam>
public sealed record ViewList<T>(IReadOnlyList<T> Items, long? Total, long? TotalAtLeast, string? Next)
{
    /// <summary>A list that is whole.</summary>
    public ViewList(IReadOnlyList<T> items)
        : this(items, items.Count, null, null)
    {
    }
}
