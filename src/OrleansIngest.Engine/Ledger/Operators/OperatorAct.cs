namespace OrleansIngest.Engine.Ledger.Operators;

/// <summary>The author and the reason of an operator's action, for the history.</summary>
/// <param name="Who">Human-readable, such as <c>ann@loader-3</c> or <c>operator (http)</c>; never a token.</param>
/// <param name="Reason">In the operator's words; null if none was given.</param>
public readonly record struct OperatorAct(string Who, string? Reason = null);
