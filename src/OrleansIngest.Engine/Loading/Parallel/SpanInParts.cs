using OrleansIngest.Engine.Formats.Splitting;
using OrleansIngest.Engine.Loading.Splits;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Loading.Parallel;

/// <summary>An open span that several parsers read at once. A scan runs ahead and finds where parts begin. The batches of the
/// parts are returned in file order, each only after the previous part has ended where its part begins. So they have exactly
/// the records that one parser would read, and a wrong scan fails the file before anything wrong is sent.</summary>
/// <remarks>Parsers also work between the steps of the loader; everything else happens within a step.</remarks>
sealed class SpanInParts : IAsyncDisposable
{
    /// <summary>Assumed encoded bytes for each byte of the file, before any is known.</summary>
    const double FirstRatio = 1.5;

    const int Headroom = 128 * 1024;

    /// <summary>Bytes hashed in one slot, in a few milliseconds.</summary>
    const long PieceBytes = 8 << 20;

    readonly PartedInput _file;
    readonly PositionSpan _span;
    readonly RecordBoundary? _until;
    readonly RecordSplitter _splitter;
    readonly SemaphoreSlim _parsers;
    readonly int _most;
    readonly CancellationTokenSource _stop = new();
    readonly Queue<PartReader> _parts = new(); // in file order
    Task _hashing = Task.CompletedTask; // at most one at a time; nothing else hashes meanwhile
    double _ratio = FirstRatio;
    bool _isScanned;

    /// <param name="file">The open file.</param>
    /// <param name="span">The span to read, in stored bytes.</param>
    /// <param name="position">The record and line at its start.</param>
    /// <param name="parsers">Maximum number of concurrent parsers.</param>
    /// <param name="until">The record before which to stop; null for the end of the span. Default: null.</param>
    public SpanInParts(
        PartedInput file, PositionSpan span, RecordPosition position, int parsers, RecordBoundary? until = null)
    {
        (_file, _span, _most, _until) = (file, span, parsers, until);
        _splitter = new RecordSplitter(file.Records, file.Signs, span, position);
        _parsers = new SemaphoreSlim(parsers);
    }

    /// <summary>Takes parts of the span for other nodes. Default: none.</summary>
    public SplitDispatch? Others { get; init; }

    /// <summary>Whether all batches were returned.</summary>
    public bool AtEnd => _isScanned && _parts.Count == 0;

    /// <summary>Waits for the next batch in file order.</summary>
    /// <param name="turn">Ends the wait; the next call resumes.</param>
    /// <returns>The batch; null if the file is no longer the claimed one.</returns>
    public async Task<EncodedRows?> NextAsync(CancellationToken turn)
    {
        while (!_isScanned && _parts.Count <= _most)
        {
            using (await _file.Context.ParseSlots.TakeAsync(turn)) Scan();
            if (_hashing.IsCompletedSuccessfully && IsHashDue) _hashing = HashAsync(_splitter.Next.Offset);
            if (_splitter.EndedEarly) return null;
        }

        var first = _parts.Peek();
        var rows = await first.Filled.WaitAsync(turn);
        if (first.EndedEarly) return null;
        if (first.AtEnd && !first.EndsWell)
            return _file.IsUnchanged() ? throw new InvalidOperationException($"a scan of the file was wrong: {first.Ending}")
                : null;
        return rows;
    }

    /// <summary>Hands the batch that <see cref="NextAsync"/> returned over to the caller.</summary>
    public async Task TakeAsync()
    {
        var first = _parts.Peek();
        var rows = await first.Filled;
        var ratio = (double)rows.Length / (rows.EndOffset - rows.StartOffset);
        _ratio = Math.Max(ratio, (3 * _ratio + ratio) / 4);
        first.Taken();
        if (!first.AtEnd)
        {
            first.Continue(_stop.Token);
            return;
        }

        _parts.Dequeue();
        await first.DisposeAsync();
        if (AtEnd) await _hashing;
    }

    /// <summary>Stops the parsers and discards what they have read.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        while (_parts.TryDequeue(out var part)) await part.DisposeAsync();
        await _hashing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _splitter.Dispose();
        _parsers.Dispose();
        _stop.Dispose();
    }

    /// <summary>Bytes before the span, and bytes left at its end, are hashed when the whole file is read.</summary>
    bool IsHashDue => _file.Hash is { } hash && hash.UpTo >= _span.Start && hash.UpTo < _splitter.Next.Offset;

    /// <summary>Hashes in parallel with the scan and the parsers, because hashing takes longer than the scan.</summary>
    async Task HashAsync(long end)
    {
        using var slot = await _file.Context.ParseSlots.TakeAsync(_stop.Token);
        await Task.Run(() => _file.Hash!.ReadTo(_file.Stored, Math.Min(end, _file.Hash.UpTo + PieceBytes)),
            CancellationToken.None);
    }

    /// <summary>Finds parts for other nodes, and the next part for the parsers here, so that there is always a batch to wait
    /// for.</summary>
    void Scan()
    {
        while (!_isScanned && Others?.Wanted(_span.End - _splitter.Next.Offset) is > 0 and var wanted)
        {
            if (Take(wanted, long.MaxValue / 4) is not { } part) return;
            if (part.IsLast) Read(part); // a record as long as the rest
            else Others.Give(part, _span.End);
        }

        var bytes = (long)((_file.Options.BatchBytes - Math.Min(Headroom, _file.Options.BatchBytes / 2)) / _ratio);
        if (!_isScanned && Take(Math.Max(bytes, 1), _file.Options.BatchRecords) is { } next) Read(next);
    }

    SpanPart? Take(long bytes, long records)
    {
        var left = _until is { } until ? until.Offset - _splitter.Next.Offset : long.MaxValue;
        var part = _splitter.Take(Math.Min(bytes, left), records);
        _isScanned = part is not { IsLast: false } || _splitter.EndedEarly || part.Value.End.Offset >= _until?.Offset;
        if (_isScanned && _until is { } end && part?.End != end && !_splitter.EndedEarly && _file.IsUnchanged())
            throw new InvalidOperationException($"two scans of the file differ: {part?.End} and {end}");
        return _splitter.EndedEarly ? null : part;
    }

    void Read(SpanPart part)
    {
        var reader = new PartReader(_file, part, _span.End, _parsers);
        reader.Begin(_stop.Token);
        _parts.Enqueue(reader);
    }
}
