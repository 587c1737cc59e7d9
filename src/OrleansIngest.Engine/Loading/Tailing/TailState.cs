using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Engine.Sources.FileSystem;
using OrleansIngest.Engine.Targets.Postgres.Commits;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Loading.Tailing;

/// <summary>What a loader knows of the file that it follows: how far its records are complete, and for
/// how long nothing has come.</summary>
sealed class TailState : IDisposable
{
    /// <summary>How often a file is looked at that has just grown; one that rests is looked at less often, up to
    /// <see cref="LongestPause"/>.</summary>
    static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(10);

    static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(40);

    /// <summary>How long a file is read to its end after it was renamed or deleted: until its writer opens the new one.</summary>
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>A file that rests gives its place to others after that, one that grows after
    /// <see cref="LongestPlace"/>.</summary>
    public static readonly TimeSpan ShortestPlace = TimeSpan.FromSeconds(2);

    static readonly TimeSpan LongestPlace = TimeSpan.FromSeconds(10);

    /// <summary>Batches, each of a few lines, before they are joined in the ledger.</summary>
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

    /// <summary>The open file; null before it was found.</summary>
    public TailedFile? File { get; set; }

    /// <summary>Finds the ends of its records; null before <see cref="File"/>.</summary>
    public RecordEnds? Ends { get; set; }

    /// <summary>Whether an open file is the one that is committed in part.</summary>
    public bool IsProven { get; set; }

    /// <summary>Whether it was found truncated while it was read.</summary>
    public bool IsCut { get; set; }

    /// <summary>Where the span ends that is being sent; null for none.</summary>
    public long? SendsTo { get; set; }

    /// <summary>The line there; 0 when the span ends in the middle of a line.</summary>
    public long LineThere { get; set; }

    /// <summary>Where the last span has ended, and which record and line starts there; null before the first.</summary>
    public (long Offset, RecordPosition Position)? Next { get; set; }

    /// <summary>The hash of what is committed, as far as a batch has it; null before the first.</summary>
    public (long End, byte[] Sha256)? Committed { get; set; }

    /// <summary>Bytes from the beginning whose hash is known, from the ledger.</summary>
    public (long Length, byte[] Sha256)? Proof { get; set; }

    /// <summary>Takes a look.</summary>
    public void Note(in SeenFile seen, bool isAll)
    {
        if (seen.IsSameVersionAs(_seen)) return;
        // An old file that comes for the first time need not be watched; after that, only this clock counts:
        // that of a share may be another one.
        _restedBefore = isAll && _seen == default && _claim is { Version: <= 1, Epoch: 1 }
            ? TimeSpan.FromTicks(Math.Max(0,
                _time.GetUtcNow().Subtract(DateTimeOffset.UnixEpoch).Ticks - seen.ModifiedNanoseconds / 100))
            : TimeSpan.Zero;
        (_seen, _changedAt) = (seen, _time.GetTimestamp());
    }

    /// <summary>For how long nothing has come.</summary>
    public TimeSpan Rested => _restedBefore + _time.GetElapsedTime(_changedAt);

    /// <summary>Whether the file is no longer followed for now.</summary>
    public bool IsIdle => Rested >= _options.TailIdle;

    /// <summary>Whether a file that was renamed or deleted has been read to its end.</summary>
    public bool IsReadOut => _time.GetElapsedTime(_changedAt) >= (Grace < _options.TailIdle ? Grace : _options.TailIdle);

    /// <summary>How long to wait before the next look.</summary>
    public TimeSpan Pause => TimeSpan.FromTicks(Math.Clamp(_time.GetElapsedTime(_changedAt).Ticks / 100, ShortestPause.Ticks,
        LongestPause.Ticks));

    /// <summary>Whether it is time to ask whether others want its place.</summary>
    public bool MayYield()
    {
        if (_time.GetElapsedTime(_askedAt) < ShortestPlace) return false;
        if (_time.GetElapsedTime(_changedAt) < ShortestPlace && _time.GetElapsedTime(_since) < LongestPlace) return false;
        _askedAt = _time.GetTimestamp();
        return true;
    }

    /// <summary>Counts a batch.</summary>
    /// <returns>Whether it is time to join some in the ledger.</returns>
    public bool IsFoldDue()
    {
        if (++_batches < MostBatches) return false;
        _batches = 0;
        return true;
    }

    /// <summary>The hash of the first bytes; null when they are not all there, or when the hash
    /// has more of them already.</summary>
    public byte[]? HashAt(long end) => _hash.At(File!.All, end);

    /// <summary>How many bytes are in the hash.</summary>
    public long Hashed => _hash.UpTo;

    /// <summary>Hashes some more bytes.</summary>
    /// <returns>False when the file ends before.</returns>
    public bool HashTo(long end) => _hash.ReadTo(File!.All, end);

    /// <summary>Begins the hash anew.</summary>
    public void ForgetHash()
    {
        _hash.Dispose();
        _hash = new ContentHash();
    }

    /// <summary>The hash of the first bytes, begun anew where it has more of them; null when they are not all there.</summary>
    public byte[]? HashOf(long end)
    {
        if (_hash.UpTo > end) ForgetHash();
        return HashAt(end);
    }

    /// <summary>Takes a batch that was read: is the file still what it was?</summary>
    /// <param name="rows">What was read.</param>
    /// <param name="batch">The same on its way; null when there is nothing in it.</param>
    /// <param name="reader">Has read it.</param>
    /// <returns>False for a file that was cut: nothing of the batch may be sent.</returns>
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
