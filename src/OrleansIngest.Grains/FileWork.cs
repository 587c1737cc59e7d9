namespace OrleansIngest.Grains;

/// <summary>What a file grain is doing.</summary>
/// <param name="Node">The node it runs on.</param>
/// <param name="Epoch">Of its current claim, or else of the newest claim that it knows.</param>
/// <param name="IsLoading">Whether it is loading.</param>
/// <param name="CommittedBytes">Bytes of the file in the database, from 0 to its size: while it is loading, those of the current
/// claim; else all.</param>
[GenerateSerializer, Immutable, Alias("ingest.file-work")]
public sealed record FileWork(
    [property: Id(0)] string Node, [property: Id(1)] int Epoch, [property: Id(2)] bool IsLoading,
    [property: Id(3)] long CommittedBytes);
