using System.Buffers;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Targets.Postgres.Commits;

namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>The records of one span of an input, as rows for the server, rejects, and rows that the server must check.</summary>
sealed class EncodedRows : IDisposable
{
    readonly MemoryBudget _budget;
    readonly RawRecordBuffer? _kept;
    byte[] _buffer;
    RowPlace[] _places;
    long _budgeted;

    /// <param name="plan">How its rows are written.</param>
    /// <param name="capacity">Initial capacity in bytes, already taken from <paramref name="budget"/>.</param>
    /// <param name="budget">The budget that gets the bytes back.</param>
    /// <param name="keepsRaw">Whether to keep the records' bytes too, because the input cannot be read again at any position.
    /// Default: false.</param>
    public EncodedRows(CopyPlan plan, int capacity, MemoryBudget budget, bool keepsRaw = false)
    {
        Plan = plan;
        _budgeted = capacity;
        _budget = budget;
        _buffer = ArrayPool<byte>.Shared.Rent(capacity);
        _places = ArrayPool<RowPlace>.Shared.Rent(Math.Clamp(capacity / 128, 16, 65536));
        _kept = keepsRaw ? new RawRecordBuffer(budget) : null;
    }

    /// <summary>The plan with which its rows are currently written.</summary>
    public CopyPlan Plan { get; private set; }

    /// <summary>The metadata after the fields of each row; null for a plan without metadata.</summary>
    public RowMetadata? Metadata { get; init; }

    /// <summary>Where the span starts, in the input's unit.</summary>
    public required long StartOffset { get; init; }

    public required long FirstRecord { get; init; }

    /// <summary>0 for an input without lines.</summary>
    public required long FirstLine { get; init; }

    /// <summary>Where the span ends; set when it is sealed.</summary>
    public long EndOffset { get; private set; }

    /// <summary>A point where decoding of the data after the span can start; null for the start of the input, and for an input
    /// that is not decoded.</summary>
    public RestartPoint? RestartPoint { get; set; }

    public int Lines { get; private set; }

    public int Records { get; set; }

    /// <summary>Blank lines.</summary>
    public int Skipped { get; set; }

    public List<RejectedRow> Rejects { get; } = [];

    public List<DeferredRow> Deferred { get; } = [];

    /// <summary>Rows that the server refused in the current transaction; cleared when a transaction is retried.</summary>
    public List<RejectedRow> ServerRejects { get; } = [];

    /// <summary>Records that go to <c>corrupt_records</c>.</summary>
    public int RejectCount => Rejects.Count + ServerRejects.Count;

    /// <summary>Rows that the server accepted and its triggers discarded, in the current transaction.</summary>
    public int Suppressed { get; set; }

    /// <summary>The counts of merged rows in the current transaction; null for a plan that does not merge.</summary>
    public MergeCounts? Merged { get; set; }

    /// <summary>Number of records that are rows of the table.</summary>
    public int LoadedCount => Records - RejectCount - SkippedCount;

    /// <summary>Records that are neither rows nor rejects: blank lines, and rows that triggers discarded.</summary>
    public int SkippedCount => Skipped + Suppressed;

    public int RowCount { get; private set; }

    public int Length { get; private set; }

    /// <summary>Bytes held in addition to the buffer: rejects and deferred rows.</summary>
    public long SideBytes { get; private set; }

    /// <summary>Duration of reading and encoding.</summary>
    public TimeSpan ReadTime { get; private set; }

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, Length);

    public RowPlace Place(int row) => _places[row];

    /// <summary>The bytes of rows <paramref name="from"/> up to, not including, <paramref name="to"/>.</summary>
    public ReadOnlyMemory<byte> RowBytes(int from, int to)
    {
        if (from == to) return default;
        var start = from == 0 ? 0 : _places[from - 1].End;
        return _buffer.AsMemory(start, _places[to - 1].End - start);
    }

    /// <summary>The rows in the order of their records. In the batch, those that waited for the server come last.</summary>
    public int[] RowsInFileOrder()
    {
        int[] rows = [.. Enumerable.Range(0, RowCount)];
        for (var row = 1; row < rows.Length; row++)
        {
            if (_places[row].Record > _places[row - 1].Record) continue;
            Array.Sort(rows, (one, other) => _places[one].Record.CompareTo(_places[other].Record));
            break;
        }

        return rows;
    }

    /// <summary>The bytes of <paramref name="rows"/> from place <paramref name="from"/> up to, not including,
    /// <paramref name="to"/>.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> RowBytes(int[] rows, int from, int to)
    {
        for (var at = from; at < to;)
        {
            var end = at + 1;
            while (end < to && rows[end] == rows[end - 1] + 1) end++;
            yield return RowBytes(rows[at], rows[end - 1] + 1);
            at = end;
        }
    }

    /// <summary>Reserves room for one row.</summary>
    public Span<byte> Reserve(int bytes)
    {
        if (_buffer.Length - Length < bytes) Grow(Length + bytes);
        return _buffer.AsSpan(Length);
    }

    /// <summary>Adds the row that was written into the reserved room.</summary>
    public void AddRow(int bytes, RowPlace place)
    {
        Length += bytes;
        if (RowCount == _places.Length) GrowPlaces();
        _places[RowCount++] = place with { End = Length };
    }

    public void Reject(RejectedRow row)
    {
        Rejects.Add(row);
        SideBytes += row.Raw.Length + 200;
    }

    public void Defer(DeferredRow row)
    {
        Deferred.Add(row);
        SideBytes += 2 * row.Raw.Length + 200;
    }

    /// <summary>Converts a row that the server refused to a reject.</summary>
    /// <param name="row">Its index in the batch.</param>
    /// <param name="refusal">The server's refusal.</param>
    /// <param name="raw">Reads its bytes again.</param>
    public RejectedRow Refused(int row, RowRefusal refusal, RawRecords raw) => RejectedAt(
        row, raw.Of(row), ServerRefusal.ReasonOf(refusal.SqlState), refusal.Column,
        ServerRefusal.DetailOf(refusal.Message, refusal.Detail));

    /// <summary>Converts a row to a reject.</summary>
    public RejectedRow RejectedAt(int row, byte[] raw, string reason, string? column, string detail)
    {
        var place = _places[row];
        return new RejectedRow
        {
            Raw = raw,
            Line = FirstLine + place.Line,
            RecordNumber = FirstRecord + place.Record,
            ByteOffset = StartOffset + place.Offset,
            Reason = reason,
            Column = column,
            Detail = detail,
        };
    }

    /// <summary>Replaces the rows.</summary>
    /// <param name="plan">The plan with which they are written.</param>
    /// <param name="rented">Their bytes, from the shared pool.</param>
    /// <param name="rows">For each, the row from which it was made, in order.</param>
    /// <param name="ends">For each, the end of its bytes.</param>
    public void Become(CopyPlan plan, byte[] rented, IReadOnlyList<int> rows, IReadOnlyList<int> ends)
    {
        _budget.Extend(rented.Length - _buffer.Length);
        _budgeted += rented.Length - _buffer.Length;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = rented;
        _kept?.Keep(rows);
        for (var i = 0; i < rows.Count; i++) _places[i] = _places[rows[i]] with { End = ends[i] };
        RowCount = rows.Count;
        Length = rows.Count == 0 ? 0 : ends[^1];
        Plan = plan;
    }

    /// <summary>Whether the bytes of records are kept.</summary>
    public bool KeepsRaw => _kept is not null;

    /// <summary>The bytes of the record of a row, if they are kept; otherwise null.</summary>
    public byte[]? KeptRawOf(int row) => _kept?.Of(row);

    /// <summary>Keeps the bytes of the next row's record, for an input that needs it.</summary>
    public void KeepRaw(ReadOnlySpan<byte> raw) => _kept?.Add(raw);

    /// <summary>Seals the span: nothing can be added any more.</summary>
    public void Seal(long endOffset, long nextLine, TimeSpan readTime)
    {
        EndOffset = endOffset;
        ReadTime = readTime;
        Lines = (int)(nextLine - FirstLine);
    }

    public void Dispose()
    {
        if (_buffer.Length == 0) return;
        ArrayPool<byte>.Shared.Return(_buffer);
        ArrayPool<RowPlace>.Shared.Return(_places);
        _buffer = [];
        _places = [];
        _budget.Release(_budgeted);
        _kept?.Dispose();
    }

    void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, (int)Math.Min(2L * _buffer.Length, Array.MaxLength)));
        _budget.Extend(larger.Length - _buffer.Length);
        _budgeted += larger.Length - _buffer.Length;
        _buffer.CopyTo(larger, 0); // all of it: a row may be partly written after Length
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    void GrowPlaces()
    {
        var larger = ArrayPool<RowPlace>.Shared.Rent(2 * _places.Length);
        _places.AsSpan(0, RowCount).CopyTo(larger);
        ArrayPool<RowPlace>.Shared.Return(_places);
        _places = larger;
    }
}
