using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Engine.Sources.FileSystem;
using OrleansIngest.Engine.Targets.Postgres.Commits;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Loading.Tailing;

/// <summary>The state of a followed file: how far its records are complete, and for how long it has not grown.</summary>
sealed class TailState : IDisposable
{
    /// <summary>The interval of checks of a file that has just grown; it increases up to <see cref="LongestPause"/> while the
    /// file does not grow.</summary>
    static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(10);

    static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(40);

    /// <summary>How long a file is still read after it was renamed or deleted, until its writer opens the new one.</summary>
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>A file that does not grow gives up its place to others after this time, a growing one after
    /// <see cref="LongestPlace"/>.</summary>
    public static readonly TimeSpan ShortestPlace = TimeSpan.FromSeconds(2);

    static readonly TimeSpan LongestPlace = TimeSpan.FromSeconds(10);

    /// <summary>Number of batches, each of a few lines, after which they are joined in the ledger.</summary>
    const int MostBatches = 256;

    readonly FileClaim _claim;
    readonly PipelineOptions _options;
    readonly TimeProvider _time;
    readonly long _since;
    ContentHash _hash = new();
    SeenFile _seen;
    TimeSpan _restedBefore;
    long _changedAt;
    long _askedAt;
    int _batches;

    public TailState(FileClaim claim, PipelineOptions options, TimeProvider time)
    {
        (_claim, _options, _time) = (claim, options, time);
        _since = _changedAt = _askedAt = time.GetTimestamp();
    }

    /// <summary>The open file; null before it is found.</summary>
    public TailedFile? File { get; set; }

    /// <summary>Finds the ends of records; null before <see cref="File"/>.</summary>
    public RecordEnds? Ends { get; set; }

    /// <summary>Whether the open file is proven to be the partly committed one.</summary>
    public bool IsProven { get; set; }

    /// <summary>Whether the file was truncated.</summary>
    public bool IsCut { get; set; }

    /// <summary>The end of the span being sent; null for none.</summary>
    public long? SendsTo { get; set; }

    /// <summary>The line there; 0 when the span ends in the middle of a line.</summary>
    public long LineThere { get; set; }

    /// <summary>The end of the last span, and the record and line there; null before the first.</summary>
    public (long Offset, RecordPosition Position)? Next { get; set; }

    /// <summary>The hash up to the end of the last batch that has one; null before the first.</summary>
    public (long End, byte[] Sha256)? Committed { get; set; }

    /// <summary>The beginning of the file whose hash the ledger has.</summary>
    public (long Length, byte[] Sha256)? Proof { get; set; }

    /// <summary>Records an observation of the file.</summary>
    public void Note(in SeenFile seen, bool isAll)
    {
        if (seen.IsSameVersionAs(_seen)) return;
        // The first claim of an old file need not wait again. After that only this clock counts, because the clock of a share
        // may differ.
        _restedBefore = isAll && _seen == default && _claim is { Version: <= 1, Epoch: 1 }
            ? TimeSpan.FromTicks(Math.Max(0,
                _time.GetUtcNow().Subtract(DateTimeOffset.UnixEpoch).Ticks - seen.ModifiedNanoseconds / 100))
            : TimeSpan.Zero;
        (_seen, _changedAt) = (seen, _time.GetTimestamp());
    }

    /// <summary>For how long the file has not grown.</summary>
    public TimeSpan Rested => _restedBefore + _time.GetElapsedTime(_changedAt);

    /// <summary>Whether the file has not grown for longer than <c>tailIdle</c>.</summary>
    public bool IsIdle => Rested >= _options.TailIdle;

    /// <summary>Whether a file that was renamed or deleted has been read to its end.</summary>
    public bool IsReadOut => _time.GetElapsedTime(_changedAt) >= (Grace < _options.TailIdle ? Grace : _options.TailIdle);

    /// <summary>How long to wait before the next check.</summary>
    public TimeSpan Pause => TimeSpan.FromTicks(Math.Clamp(_time.GetElapsedTime(_changedAt).Ticks / 100, ShortestPause.Ticks,
        LongestPause.Ticks));

    /// <summary>Whether it is time to check if other files wait for its place.</summary>
    public bool MayYield()
    {
        if (_time.GetElapsedTime(_askedAt) < ShortestPlace) return false;
        if (_time.GetElapsedTime(_changedAt) < ShortestPlace && _time.GetElapsedTime(_since) < LongestPlace) return false;
        _askedAt = _time.GetTimestamp();
        return true;
    }

    /// <summary>Whether it is time to join batches in the ledger.</summary>
    public bool IsFoldDue => _batches >= MostBatches;

    /// <summary>Counts a batch.</summary>
    public void CountBatch() => _batches++;

    /// <summary>Counts anew, after batches were joined.</summary>
    public void NoteFold() => _batches = 0;

    /// <summary>The hash of the first bytes; null if the file is shorter, or if more bytes are already hashed.</summary>
    public byte[]? HashAt(long end) => _hash.At(File!.All, end);

    /// <summary>Number of hashed bytes.</summary>
    public long Hashed => _hash.UpTo;

    /// <summary>Hashes bytes up to a position.</summary>
    /// <returns>False if the file is shorter.</returns>
    public bool HashTo(long end) => _hash.ReadTo(File!.All, end);

    /// <summary>Restarts the hash.</summary>
    public void ForgetHash()
    {
        _hash.Dispose();
        _hash = new ContentHash();
    }

    /// <summary>The hash of the first bytes, restarted if more bytes are already hashed; null if the file is shorter.</summary>
    public byte[]? HashOf(long end)
    {
        if (_hash.UpTo > end) ForgetHash();
        return HashAt(end);
    }

    /// <summary>Takes a batch that was read, if the file is still intact.</summary>
    /// <param name="rows">The rows that were read.</param>
    /// <param name="batch">The batch of these rows; null if it is empty.</param>
    /// <param name="reader">The reader of the rows.</param>
    /// <returns>False for a truncated file: the batch must not be sent.</returns>
    public bool TakeRead(EncodedRows rows, PendingBatch? batch, IBatchReader reader)
    {
        if (reader.EndedEarly || !File!.IsIntact())
        {
            IsCut = true;
            return false;
        }

        // A reader knows the line after its last record only when it begins another one.
        if (reader.AtEnd && LineThere > 0) rows.Seal(rows.EndOffset, LineThere, rows.ReadTime);
        Next = (rows.EndOffset, new RecordPosition(rows.FirstRecord + rows.Records, rows.FirstLine + rows.Lines));
        File.Mark(rows.EndOffset);
        if (batch is not null && Hashed <= rows.EndOffset) batch.PrefixHash = HashAt(rows.EndOffset);
        if (batch?.PrefixHash is { } hash) Committed = (rows.EndOffset, hash);
        return true;
    }

    public void Dispose()
    {
        _hash.Dispose();
        File?.Dispose();
    }
}
