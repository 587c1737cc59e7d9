namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Mean times in milliseconds; null if nothing was measured.</summary>
/// <param name="List">Of the coordinator's latest listings of the directories.</param>
/// <param name="Claim">Of its latest rounds that claimed files and handed them to nodes.</param>
/// <param name="ReadParse">Of a batch, over the last five minutes, as the following.</param>
/// <param name="Wait">For a lane.</param>
/// <param name="Copy">COPY.</param>
/// <param name="Commit">COMMIT.</param>
public sealed record OperationTimes(double? List, double? Claim, double? ReadParse, double? Wait, double? Copy, double? Commit);
