namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>The status of a pipeline, with the names of Spark's <c>StreamingQueryStatus</c>.</summary>
/// <param name="Message">Human-readable.</param>
/// <param name="IsDataAvailable">Whether files wait to be loaded.</param>
/// <param name="IsTriggerActive">Whether files are being loaded.</param>
public sealed record QueryStatus(string Message, bool IsDataAvailable, bool IsTriggerActive);
