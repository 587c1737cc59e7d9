namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>A part of a text.</summary>
/// <param name="Start">UTF-16 code units before it.</param>
/// <param name="Length">UTF-16 code units in it.</param>
public sealed record TextSpan(int Start, int Length);
