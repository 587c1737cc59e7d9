using OrleansIngest.Engine.Loading.Splits;

namespace OrleansIngest.Grains;

/// <summary>What a split grain knows of a split.</summary>
/// <param name="State">Whether it has ended.</param>
/// <param name="Result">How; only if it has.</param>
[GenerateSerializer, Immutable, Alias("ingest.split-report")]
public readonly record struct SplitReport([property: Id(0)] SplitState State, [property: Id(1)] SplitResult Result = default);

/// <summary>The states of a split.</summary>
[GenerateSerializer, Alias("ingest.split-state")]
public enum SplitState
{
    /// <summary>It is being loaded.</summary>
    Running,

    /// <summary>It has ended: nothing of it is on its way any more.</summary>
    Ended,

    /// <summary>Nobody here knows what was committed.</summary>
    Unknown,
}
