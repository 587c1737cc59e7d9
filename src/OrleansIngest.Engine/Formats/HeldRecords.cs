namespace OrleansIngest.Engine.Formats;

/// <summary>Hides the type of records: a wrapper around records then is one type instead of one per wrapped type. The
/// ahead-of-time compiler generates every possible instantiation, and would never end: a wrapper around a wrapper around a
/// wrapper.</summary>
abstract class HeldRecords : IDisposable
{
    /// <inheritdoc cref="ITextRecords.Read"/>
    public abstract RecordKind Read();

    /// <inheritdoc cref="ITextRecords.Position"/>
    public abstract long Position { get; }

    /// <inheritdoc cref="ITextRecords.Line"/>
    public abstract long Line { get; }

    /// <inheritdoc cref="ITextRecords.FieldCount"/>
    public abstract int FieldCount { get; }

    /// <inheritdoc cref="ITextRecords.Raw"/>
    public abstract ReadOnlySpan<byte> Raw { get; }

    /// <inheritdoc cref="ITextRecords.FieldBytes"/>
    public abstract int FieldBytes { get; }

    /// <inheritdoc cref="ITextRecords.IsCleanText"/>
    public abstract bool IsCleanText { get; }

    /// <inheritdoc cref="ITextRecords.Fault"/>
    public abstract RecordFault Fault { get; }

    /// <inheritdoc cref="ITextRecords.EndedEarly"/>
    public abstract bool EndedEarly { get; }

    /// <inheritdoc cref="ITextRecords.Field"/>
    public abstract ReadOnlySpan<byte> Field(int index);

    /// <inheritdoc cref="ITextRecords.IsNull"/>
    public abstract bool IsNull(int index);

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>Holds records of one type.</summary>
sealed class HeldRecords<TRecords>(TRecords records) : HeldRecords where TRecords : struct, ITextRecords
{
#pragma warning disable IDE0044 // not readonly: a mutable struct would be copied at each call
    TRecords _records = records;
#pragma warning restore IDE0044

    public override RecordKind Read() => _records.Read();

    public override long Position => _records.Position;

    public override long Line => _records.Line;

    public override int FieldCount => _records.FieldCount;

    public override ReadOnlySpan<byte> Raw => _records.Raw;

    public override int FieldBytes => _records.FieldBytes;

    public override bool IsCleanText => _records.IsCleanText;

    public override RecordFault Fault => _records.Fault;

    public override bool EndedEarly => _records.EndedEarly;

    public override ReadOnlySpan<byte> Field(int index) => _records.Field(index);

    public override bool IsNull(int index) => _records.IsNull(index);

    public override void Dispose() => _records.Dispose();
}
