using System.Buffers;
using OrleansIngest.Engine.Diagnostics;
using Parquet;
using Parquet.Schema;

namespace OrleansIngest.Engine.Formats.Parquet;

/// <summary>The values of one leaf of the schema in one row group, and the reading position; levels as in the Dremel
/// paper.</summary>
/// <param name="column">The library's descriptor.</param>
/// <param name="kind">The meaning of the values.</param>
/// <param name="maxDefinition">The level at which a value exists.</param>
/// <param name="maxRepetition">0 outside lists.</param>
abstract class ParquetLeaf(DataField column, ParquetKind kind, int maxDefinition, int maxRepetition) : IDisposable
{
    int[] _definitions = [];
    int[] _repetitions = [];
    int _count;
    int _level;

    /// <summary>The meaning of the values.</summary>
    public ParquetKind Kind => kind;

    /// <summary>The library's descriptor.</summary>
    protected DataField Field => column;

    /// <summary>The number of the next value.</summary>
    protected int Next { get; private set; }

    /// <summary>The definition level of the next entry.</summary>
    public int Definition => maxDefinition == 0 ? 0 : _level < _count ? _definitions[_level] : throw TooShort;

    /// <summary>The repetition level of the next entry: which list it continues; 0 for a new row, and at the end.</summary>
    public int Repetition => maxRepetition == 0 || _level >= _count ? 0 : _repetitions[_level];

    /// <summary>Whether the next entry is a value.</summary>
    public bool HasValue => Definition == maxDefinition;

    /// <summary>Reads the values of a row group.</summary>
    public void Load(ParquetRowGroupReader group)
    {
        _count = checked((int)(group.GetMetadata(column)?.MetaData?.NumValues ?? throw new InvalidDataException("the column "
            + "is not in the row group")));
        if (maxRepetition == 0 && _count != group.RowCount)
            throw new InvalidDataException($"it has {Counted.Of(_count, "value")} for {Counted.Of(group.RowCount, "row")}");
        Rent(ref _definitions, maxDefinition);
        Rent(ref _repetitions, maxRepetition);
        (_level, Next) = (0, 0);
        Memory<int>? definitions = maxDefinition > 0 ? _definitions.AsMemory(0, _count) : default(Memory<int>?);
        Memory<int>? repetitions = maxRepetition > 0 ? _repetitions.AsMemory(0, _count) : default(Memory<int>?);
        // The stream is synchronous.
        ReadAsync(group, _count, definitions, repetitions).AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Skips the next entry.</summary>
    public void Skip()
    {
        if (_level >= _count) throw TooShort;
        if (HasValue) Next++;
        _level++;
    }

    /// <summary>Skips whole rows.</summary>
    public void SkipRows(long rows)
    {
        for (; rows > 0; rows--)
        {
            do Skip();
            while (Repetition > 0);
        }
    }

    /// <summary>Writes the next value, which must exist.</summary>
    public abstract void Write(FieldTexts target, FieldForm form);

    public virtual void Dispose()
    {
        Rent(ref _definitions, 0);
        Rent(ref _repetitions, 0);
    }

    /// <summary>Makes the library read the column.</summary>
    protected abstract ValueTask ReadAsync(ParquetRowGroupReader group, int count, Memory<int>? definitions,
        Memory<int>? repetitions);

    static InvalidDataException TooShort => new("the column has fewer values than the row group has rows");

    void Rent(ref int[] levels, int max)
    {
        if (levels.Length > 0) ArrayPool<int>.Shared.Return(levels);
        levels = max > 0 ? ArrayPool<int>.Shared.Rent(_count) : [];
        levels.AsSpan().Clear();
    }
}

/// <summary>A leaf whose values the library stores as <typeparamref name="T"/>.</summary>
abstract class ParquetLeaf<T>(DataField field, ParquetKind kind, int maxDefinition, int maxRepetition)
    : ParquetLeaf(field, kind, maxDefinition, maxRepetition) where T : struct
{
    T[] _values = [];

    /// <summary>The next value.</summary>
    protected ref readonly T Value => ref _values[Next];

    public override void Dispose()
    {
        if (_values.Length > 0) ArrayPool<T>.Shared.Return(_values, clearArray: true);
        _values = [];
        base.Dispose();
    }

    protected override ValueTask ReadAsync(ParquetRowGroupReader group, int count, Memory<int>? definitions,
        Memory<int>? repetitions)
    {
        if (_values.Length < count)
        {
            if (_values.Length > 0) ArrayPool<T>.Shared.Return(_values, clearArray: true);
            _values = ArrayPool<T>.Shared.Rent(count);
        }

        return group.ReadRawAsync(Field, _values.AsMemory(0, count), definitions, repetitions);
    }
}
