namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Mean times in milliseconds; null if nothing was measured.</summary>
/// <param name="List">Listing the directories, in the coordinator's latest rounds.</param>
/// <param name="Claim">Claiming files and handing them to nodes, in its latest rounds.</param>
/// <param name="ReadParse">Reading and parsing a batch; like the following, over the last five minutes.</param>
/// <param name="Wait">Waiting for a lane.</param>
/// <param name="Copy">COPY.</param>
/// <param name="Commit">COMMIT.</param>
public sealed record OperationTimes(double? List, double? Claim, double? ReadParse, double? Wait, double? Copy, double? Commit);
