namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Mean times over the last five minutes, milliseconds; null where there was nothing, or where the ledger does not keep it.</summary>
public sealed record OperationTimes(double? List, double? Claim, double? ReadParse, double? Wait, double? Copy, double? Commit);
