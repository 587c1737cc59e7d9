namespace OrleansIngest.Cli.Demo;

/// <summary>The result of a demo.</summary>
/// <param name="Proved">Whether every record is in its place, once.</param>
/// <param name="Files">Files written.</param>
/// <param name="FilesProved">Files of which rows, rejects, blank lines and SHA-256 are as written.</param>
/// <param name="Rows">Rows in events.</param>
/// <param name="Rejected">Rows in corrupt_records.</param>
/// <param name="LatencyP50Ms">Median time from a file in place to its rows visible, milliseconds.</param>
/// <param name="LatencyP99Ms">The 99th percentile of it.</param>
/// <param name="Problems">The differences.</param>
sealed record DemoSummary(
    bool Proved, int Files, int FilesProved, long Rows, long Rejected, double LatencyP50Ms, double LatencyP99Ms,
    IReadOnlyList<string> Problems);
