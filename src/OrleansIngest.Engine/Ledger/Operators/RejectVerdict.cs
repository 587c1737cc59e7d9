using OrleansIngest.Engine.Formats;

namespace OrleansIngest.Engine.Ledger.Operators;

/// <summary>Why a reject was refused again.</summary>
/// <param name="Id">Its key.</param>
/// <param name="Reason">A code of <see cref="Formats.RejectReason"/>.</param>
/// <param name="Column">The column at fault, if there is one.</param>
/// <param name="Detail">Human-readable.</param>
public readonly record struct RejectVerdict(long Id, string Reason, string? Column, string Detail);
