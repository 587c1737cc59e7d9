namespace OrleansIngest.Grains;

/// <summary>What operators told a pipeline's coordinator; kept in Orleans' ADO.NET grain storage, so that it outlives every silo.</summary>
[GenerateSerializer, Alias("ingest.operator-state")]
public sealed record OperatorState
{
    /// <summary>The name of the grain storage provider.</summary>
    public const string Store = "operator";

    /// <summary>Whether new files stay unclaimed; files in work go on to their end. Default: false.</summary>
    [Id(0)]
    public bool Paused { get; init; }

    /// <summary>Who paused it last, for people. Default: null.</summary>
    [Id(1)]
    public string? PausedBy { get; init; }
}
