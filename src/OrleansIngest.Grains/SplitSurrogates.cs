using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading.Splits;
using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Grains;

/// <summary>The serialized form of a <see cref="SplitSource"/>.</summary>
[GenerateSerializer, Immutable, Alias("ingest.split-source")]
public readonly record struct SplitSourceSurrogate(
    [property: Id(0)] FileClaim Claim, [property: Id(1)] string? Kept, [property: Id(2)] DateTimeOffset PlannedAt,
    [property: Id(3)] string Fingerprint, [property: Id(4)] int Plan);

/// <summary>The serialized form of a <see cref="FileSplit"/>.</summary>
[GenerateSerializer, Immutable, Alias("ingest.file-split")]
public readonly record struct FileSplitSurrogate(
    [property: Id(0)] long Start, [property: Id(1)] long FirstRecord, [property: Id(2)] long FirstLine,
    [property: Id(3)] long End, [property: Id(4)] long NextRecord, [property: Id(5)] long NextLine,
    [property: Id(6)] long SpanEnd);

/// <summary>The serialized form of a <see cref="SplitResult"/>.</summary>
[GenerateSerializer, Immutable, Alias("ingest.split-result")]
public readonly record struct SplitResultSurrogate([property: Id(0)] long Records, [property: Id(1)] string? Problem);

/// <summary>Converts what nodes say to each other about splits to and from its serialized form.</summary>
[RegisterConverter]
public sealed class SplitConverter
    : IConverter<SplitSource, SplitSourceSurrogate>, IConverter<FileSplit, FileSplitSurrogate>,
        IConverter<SplitResult, SplitResultSurrogate>
{
    /// <inheritdoc/>
    public SplitSource ConvertFromSurrogate(in SplitSourceSurrogate surrogate) =>
        new(surrogate.Claim, surrogate.Plan, surrogate.Kept, surrogate.PlannedAt, surrogate.Fingerprint);

    /// <inheritdoc/>
    public SplitSourceSurrogate ConvertToSurrogate(in SplitSource value) =>
        new(value.Claim, value.Kept, value.PlannedAt, value.Fingerprint, value.Plan);

    /// <inheritdoc/>
    public FileSplit ConvertFromSurrogate(in FileSplitSurrogate surrogate) => new(
        surrogate.Start, new RecordPosition(surrogate.FirstRecord, surrogate.FirstLine),
        surrogate.End, new RecordPosition(surrogate.NextRecord, surrogate.NextLine), surrogate.SpanEnd);

    /// <inheritdoc/>
    public FileSplitSurrogate ConvertToSurrogate(in FileSplit value) => new(
        value.Start, value.First.Record, value.First.Line, value.End, value.Next.Record, value.Next.Line, value.SpanEnd);

    /// <inheritdoc/>
    public SplitResult ConvertFromSurrogate(in SplitResultSurrogate surrogate) => new(surrogate.Records, surrogate.Problem);

    /// <inheritdoc/>
    public SplitResultSurrogate ConvertToSurrogate(in SplitResult value) => new(value.Records, value.Problem);
}
