namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Files by state.</summary>
/// <param name="Total">All of them.</param>
/// <param name="States">By the states of <see cref="FileStates.All"/>; <c>loaded</c> includes the two with rejects.</param>
/// <param name="AtLeast">Null if the counts are exact. Otherwise there are more files than this, and they were not counted:
/// <c>total</c> is this number, and <c>states</c> is empty.</param>
/// <param name="RejectsAtLeast">Null if the counts of the two states with rejects are exact. Otherwise more files than this have
/// open rejects, and these two states are missing.</param>
public sealed record FileStateCounts(long Total, IReadOnlyDictionary<string, long> States, long? AtLeast, long? RejectsAtLeast);
