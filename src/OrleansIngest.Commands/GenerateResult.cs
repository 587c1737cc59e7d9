namespace OrleansIngest.Commands;

/// <summary>What <c>ingest generate --json</c> prints: this run's files, not those that the manifest kept from before.</summary>
/// <param name="Files">Files written.</param>
/// <param name="Records">Data records, good and corrupt.</param>
/// <param name="Good">Records that must become rows.</param>
/// <param name="Corrupt">Records that must be rejected.</param>
/// <param name="BlankLines">Empty lines between records.</param>
/// <param name="Bytes">Size of all files.</param>
/// <param name="Seconds">Time it took, pauses included.</param>
/// <param name="Manifest">Absolute path.</param>
sealed record GenerateResult(int Files, long Records, long Good, long Corrupt, long BlankLines, long Bytes, double Seconds,
    string Manifest);
