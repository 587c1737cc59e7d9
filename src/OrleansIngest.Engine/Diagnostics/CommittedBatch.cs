namespace OrleansIngest.Engine.Diagnostics;

/// <summary>The measurements of a committed batch.</summary>
/// <param name="Records">Records of its range.</param>
/// <param name="Loaded">Rows in the target table.</param>
/// <param name="Skipped">Records without data, such as blank lines.</param>
/// <param name="Bytes">Bytes of the file.</param>
/// <param name="Read">Time of reading and parsing.</param>
/// <param name="Wait">Time until a lane took it.</param>
public readonly record struct CommittedBatch(long Records, long Loaded, long Skipped, long Bytes, TimeSpan Read, TimeSpan Wait);
