using OrleansIngest.Engine.Formats;

namespace OrleansIngest.Engine.Ledger.Operators;

/// <summary>Why a reject was refused again.</summary>
/// <param name="Id">Its key.</param>
/// <param name="Reason">A code of <see cref="Formats.RejectReason"/>.</param>
/// <param name="Column">At fault, when it is one.</param>
/// <param name="Detail">For people.</param>
public readonly record struct RejectVerdict(long Id, string Reason, string? Column, string Detail);
