using System.Buffers;

namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>The bytes of the records of rows, one after the other: for inputs that cannot be read again at any position, such as
/// compressed ones.</summary>
sealed class RawRecordBuffer(MemoryBudget budget) : IDisposable
{
    byte[] _bytes = [];
    int _length;
    int[] _ends = [];
    int _count;

    /// <summary>Adds the record of the next row.</summary>
    public void Add(ReadOnlySpan<byte> raw)
    {
        if (_bytes.Length - _length < raw.Length) Grow(_length + raw.Length);
        raw.CopyTo(_bytes.AsSpan(_length));
        _length += raw.Length;
        if (_count == _ends.Length) Array.Resize(ref _ends, Math.Max(256, 2 * _count));
        _ends[_count++] = _length;
    }

    /// <summary>The bytes of a row's record.</summary>
    public byte[] Of(int row) => _bytes[(row == 0 ? 0 : _ends[row - 1]).._ends[row]];

    /// <summary>Removes all rows except these.</summary>
    /// <param name="rows">In order.</param>
    public void Keep(IReadOnlyList<int> rows)
    {
        var ends = new int[rows.Count];
        _length = 0;
        for (var i = 0; i < ends.Length; i++)
        {
            var (start, end) = (rows[i] == 0 ? 0 : _ends[rows[i] - 1], _ends[rows[i]]);
            _bytes.AsSpan(start, end - start).CopyTo(_bytes.AsSpan(_length));
            ends[i] = _length += end - start;
        }

        (_ends, _count) = (ends, ends.Length);
    }

    public void Dispose()
    {
        if (_bytes.Length == 0) return;
        ArrayPool<byte>.Shared.Return(_bytes);
        budget.Release(_bytes.Length);
        _bytes = [];
    }

    void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(needed, 2L * _bytes.Length), Array.MaxLength));
        budget.Extend(larger.Length - _bytes.Length);
        _bytes.AsSpan(0, _length).CopyTo(larger);
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
