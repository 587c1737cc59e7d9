using System.Buffers;
using Microsoft.Win32.SafeHandles;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Loading;

/// <summary>The rows and rejects of one byte range of one file: what commits, or does not, as one.</summary>
sealed class RowBatch : IDisposable
{
    byte[] _buffer;
    RowPlace[] _places;
    long _budgeted;
    readonly MemoryBudget _budget;

    /// <param name="claim">The right to commit it.</param>
    /// <param name="plan">How its rows were written.</param>
    /// <param name="capacity">Bytes to start with; taken from <paramref name="budget"/> already.</param>
    /// <param name="budget">Where the bytes go back to.</param>
    public RowBatch(FileClaim claim, CopyPlan plan, int capacity, MemoryBudget budget)
    {
        Claim = claim;
        Plan = plan;
        _budgeted = capacity;
        _budget = budget;
        _buffer = ArrayPool<byte>.Shared.Rent(capacity);
        _places = ArrayPool<RowPlace>.Shared.Rent(Math.Clamp(capacity / 128, 16, 65536));
    }

    public FileClaim Claim { get; }

    public CopyPlan Plan { get; }

    /// <summary>The open file, for the bytes of rows that the server refuses; closed by the loader after the commit.</summary>
    public required SafeFileHandle Handle { get; init; }

    public required CsvOptions Dialect { get; init; }

    /// <summary>Which lane has its file.</summary>
    public FileLane Lane { get; init; } = new();

    public required long StartOffset { get; init; }

    public required long FirstRecord { get; init; }

    public required long FirstLine { get; init; }

    /// <summary>Where the range ends; set when the batch is sealed.</summary>
    public long EndOffset { get; private set; }

    public int Lines { get; private set; }

    public int Records { get; set; }

    /// <summary>Blank lines.</summary>
    public int Skipped { get; set; }

    public List<RejectedRow> Rejects { get; } = [];

    public List<DeferredRow> Deferred { get; } = [];

    /// <summary>Rows that the server refused in the transaction under way; a transaction that is tried again starts from none.</summary>
    public List<RejectedRow> ServerRejects { get; } = [];

    /// <summary>Records that go to <c>corrupt_records</c>.</summary>
    public int RejectCount => Rejects.Count + ServerRejects.Count;

    /// <summary>Rows that the server took and its triggers discarded, in the transaction under way.</summary>
    public int Suppressed { get; set; }

    /// <summary>Records that are rows of the table now.</summary>
    public int LoadedCount => Records - RejectCount - SkippedCount;

    /// <summary>Records that are neither rows nor rejects: blank lines, and what triggers discarded.</summary>
    public int SkippedCount => Skipped + Suppressed;

    /// <summary>Whether a COMMIT was sent for it whose answer did not come.</summary>
    public bool CommitTried { get; set; }

    public int RowCount { get; private set; }

    public int Length { get; private set; }

    /// <summary>Bytes held besides the buffer: rejects and deferred rows.</summary>
    public long SideBytes { get; private set; }

    /// <summary>Set when this batch is the whole file: the commit makes the file <c>loaded</c> as well.</summary>
    public byte[]? WholeFileHash { get; set; }

    public TimeSpan ReadTime { get; set; }

    /// <summary>Timestamp (of the TimeProvider) at which it was handed to the lanes.</summary>
    public long EnqueuedAt { get; set; }

    readonly TaskCompletionSource<CommitOutcome> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The lanes' answer.</summary>
    public Task<CommitOutcome> Completion => _completion.Task;

    /// <summary>Answers. The memory goes back at once, not when the loader gets round to hearing the answer: it may be waiting for this very memory.</summary>
    public void Answer(CommitOutcome outcome)
    {
        Dispose();
        _completion.TrySetResult(outcome);
    }

    /// <summary>Answers that there is no answer.</summary>
    public void Abandon(Exception failure)
    {
        Dispose();
        _completion.TrySetException(failure);
    }

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, Length);

    public RowPlace Place(int row) => _places[row];

    /// <summary>The bytes of rows <paramref name="from"/> up to, not including, <paramref name="to"/>.</summary>
    public ReadOnlyMemory<byte> RowBytes(int from, int to)
    {
        if (from == to) return default;
        var start = from == 0 ? 0 : _places[from - 1].End;
        return _buffer.AsMemory(start, _places[to - 1].End - start);
    }

    /// <summary>Room for one row.</summary>
    public Span<byte> Reserve(int bytes)
    {
        if (_buffer.Length - Length < bytes) Grow(Length + bytes);
        return _buffer.AsSpan(Length);
    }

    /// <summary>Takes the row that was written into the reserved room.</summary>
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

    /// <summary>A row that the server refused, as a reject.</summary>
    /// <param name="row">Its place in the batch.</param>
    /// <param name="refusal">The server's words.</param>
    /// <param name="raw">Reads its bytes again.</param>
    public RejectedRow Refused(int row, RowRefusal refusal, RawRecords raw)
    {
        var place = _places[row];
        var offset = StartOffset + place.Offset;
        return new RejectedRow
        {
            Raw = raw.At(offset),
            Line = FirstLine + place.Line,
            RecordNumber = FirstRecord + place.Record,
            ByteOffset = offset,
            Reason = ServerRefusal.ReasonOf(refusal.SqlState),
            Column = refusal.Column,
            Detail = ServerRefusal.DetailOf(refusal.Message, refusal.Detail),
        };
    }

    /// <summary>Nothing is added to the range from here on.</summary>
    public void Seal(long endOffset, long nextLine)
    {
        EndOffset = endOffset;
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
    }

    void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, (int)Math.Min(2L * _buffer.Length, Array.MaxLength)));
        _budget.Extend(larger.Length - _buffer.Length);
        _budgeted += larger.Length - _buffer.Length;
        _buffer.CopyTo(larger, 0); // all of it: a row may be half written behind Length
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
