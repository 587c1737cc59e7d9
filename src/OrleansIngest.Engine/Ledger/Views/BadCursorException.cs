namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>A cursor belongs to another list than the one it was passed to.</summary>
public sealed class BadCursorException()
    : Exception("after must be the next cursor of an earlier page of the same list, with the same sort order");
