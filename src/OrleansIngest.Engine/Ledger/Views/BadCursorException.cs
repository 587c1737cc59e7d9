namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>A cursor does not belong to the list that it was given to.</summary>
public sealed class BadCursorException() : Exception("after must be the next of an earlier page of the same list, with the same sort");
