using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Loading.Appending;

/// <summary>Decides, for <c>onChange: append</c>, whether a changed file continues where an older version ends: by the bytes up
/// to there before the file is planned, by the records after it. Hashing is done in pieces, each in a slot, and resumed in the
/// next step.</summary>
sealed class AppendCheck(FileClaim claim, LoaderContext context, ClaimEnding ending) : IDisposable
{
    /// <summary>Bytes hashed in one slot, in a few milliseconds.</summary>
    const long PieceBytes = 4 << 20;

    static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(50);
    static readonly TimeSpan LaterMeans = TimeSpan.FromSeconds(2);

    /// <summary>How long a file keeps its place while it waits for the older version.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    readonly bool _isOn = context.Options.ReadsOn && !PipeInput.IsOne(claim.File.Path);
    ContentHash? _ownHash;
    AppendBase? _candidate;
    RecordPosition _end;
    long _waitsSince;

    /// <summary>Whether the file's bytes need no more checks.</summary>
    public bool IsOver { get; private set; } = !context.Options.ReadsOn || claim.Version <= 1
        || claim.IsForced || claim.IsReplacement || PipeInput.IsOne(claim.File.Path);

    /// <summary>Whether the loaded file may get a remark (<see cref="RemarkAsync"/>).</summary>
    public bool MayRemark => _isOn && (claim.Version > 1 || claim.IsTailed);

    /// <summary>The version that the file may continue, because that version's bytes are unchanged. Null if the file is loaded
    /// from its start, or was begun by an earlier claim.</summary>
    public AppendBase? Base { get; set; }

    /// <summary>Whether the file's rows must replace those of the older versions.</summary>
    public bool Replaces { get; private set; }

    /// <summary>Checks the bytes, until the turn ends.</summary>
    /// <param name="input">The open file.</param>
    /// <param name="hash">The hash of the bytes that were read.</param>
    /// <param name="turn">Ends the step; the next call resumes.</param>
    /// <returns>How the claim ended; null if the file is to be loaded, or has changed.</returns>
    public async Task<LoadResult?> RunAsync(OpenedInput input, ContentHash hash, CancellationToken turn)
    {
        // Bytes appended after the claim do not matter.
        if (_isOn && claim.Archive is null) input.LayoutEnd ??= claim.File.Size;
        if (IsOver) return null;
        if (!await ResumeAsync(input, turn) && input.Archive is null && await FindAsync(input, hash, turn) is { } ended)
            return ended;
        IsOver = true;
        return null;
    }

    /// <summary>Finds the end of the older version's last record, once the layout is known.</summary>
    /// <returns>How the claim ended; null if loading continues: from <see cref="Base"/>, or from the start if it is now
    /// null.</returns>
    public Task<LoadResult?> EvaluateAsync(RecordInput input)
    {
        var end = BoundaryFinder.Find(input, new PositionSpan(Base!.LastStart, input.Content.Length ?? claim.File.Size),
            Base.LastPosition, Base.Size);
        var why = end is not { } found
            ? $"a record of {Base} continues past its end, byte {Base.Size}: its last quoted value was not closed"
            : found.Record != Base.Records + 1
            ? $"its first {Counted.Of(Base.Size, "byte")} are now {Counted.Of(found.Record - 1, "record")}, but were "
                + $"{Counted.Of(Base.Records, "record")} as {Base}"
            : null;
        if (why is null)
        {
            _end = end!.Value;
            return Task.FromResult<LoadResult?>(null);
        }

        var older = Base;
        Base = null;
        return FallBackAsync(older, why);
    }

    /// <summary>Records in the ledger that the file continues an older version.</summary>
    /// <returns>False if the claim is not in force.</returns>
    public async Task<bool> BeginAsync()
    {
        var inForce = await context.Health.RetryAsync(
            token => AppendLedger.BeginAsync(context.DataSource, claim, Base!, _end.Line - 1, token), ending.Stop);
        CrashPoint.Hit("read-on");
        return inForce;
    }

    /// <summary>A remark about the loaded file; null for none.</summary>
    /// <param name="size">Loaded bytes of the file; null for the claimed size.</param>
    public async Task<string?> RemarkAsync(long? size = null)
    {
        if (!MayRemark) return null;
        var begun = await context.Health.RetryAsync(
            token => AppendLedger.BegunAsync(context.DataSource, claim.FileId, token), ending.Stop);
        return begun is ({ } end, { } older, { } records)
            ? $"continued from the end of {older}: {Counted.Of((size ?? claim.File.Size) - end, "byte")} were appended; "
                + $"the {Counted.Of(records, "record")} before are counted as skipped"
            : null;
    }

    public void Dispose() => _ownHash?.Dispose();

    /// <returns>Whether an earlier claim has already decided.</returns>
    async Task<bool> ResumeAsync(OpenedInput input, CancellationToken turn)
    {
        if (claim.Committed.Count == 0) return false;
        if (await context.Health.RetryAsync(token => AppendLedger.IsStagedAsync(context.DataSource, claim.FileId, token), turn))
            return Replaces = context.Options.OnRewrite == RewritePolicy.Replace; // otherwise the stage is removed
        if (await context.Health.RetryAsync(token => AppendLedger.BegunAsync(context.DataSource, claim.FileId, token),
            turn) is { } begun)
            input.LayoutEnd = begun.End;
        return true;
    }

    async Task<LoadResult?> FindAsync(OpenedInput input, ContentHash hash, CancellationToken turn)
    {
        while (_candidate is null)
        {
            var older = await context.Health.RetryAsync(token => AppendLedger.OlderAsync(context.DataSource, claim, token), turn);
            if (older is null || (older.Status == FileStatus.Loaded && older.Size == 0)) return null;
            if (older.Status is not (FileStatus.Ready or FileStatus.Failed or FileStatus.Loading))
            {
                _candidate = older;
                break;
            }

            if (_waitsSince == 0) _waitsSince = context.Time.GetTimestamp();
            if (older.Status != FileStatus.Loading || context.Time.GetElapsedTime(_waitsSince) >= Patience)
                return await ending.PostponeAsync($"waits for {older}, which is not fully loaded yet", LaterMeans);
            await Task.Delay(AskAgainAfter, context.Time, turn);
        }

        if (WhyNot(input, _candidate) is { } why) return await FallBackAsync(_candidate, why);
        // A small file has already been read and hashed beyond the old end.
        if (hash.UpTo > _candidate.Size) hash = _ownHash ??= new ContentHash();
        while (hash.UpTo < _candidate.Size)
        {
            if (!await ReadPieceAsync(input.Stored, hash, turn)) return null; // shorter now
            turn.ThrowIfCancellationRequested();
        }

        if (!hash.At(input.Stored, _candidate.Size).AsSpan().SequenceEqual(_candidate.Sha256))
            return await FallBackAsync(_candidate,
                $"its first {Counted.Of(_candidate.Size, "byte")} are not those of {_candidate}");
        Base = _candidate;
        input.Kept ??= Base.Kept;
        input.LayoutEnd = Base.Size;
        return null;
    }

    async Task<bool> ReadPieceAsync(ByteContent stored, ContentHash hash, CancellationToken turn)
    {
        using var slot = await context.ParseSlots.TakeAsync(turn);
        return hash.ReadTo(stored, Math.Min(_candidate!.Size, hash.UpTo + PieceBytes));
    }

    string? WhyNot(OpenedInput input, AppendBase older)
    {
        if (older.Status != FileStatus.Loaded) return $"{older} is only partly loaded, and its rows are in the table";
        if (claim.Archive is not null) return "it is in an archive";
        if (input.Unit != PositionUnit.Byte || older.Unit != PositionUnit.Byte || input.Format.Name is not ("csv" or "ndjson"))
            return "only plain-text CSV and NDJSON files can be continued";
        if (claim.File.Size < older.Size) return $"it has {Counted.Of(claim.File.Size, "byte")}, but {older} had {older.Size}";
        if (older.Sha256 is null) return $"the ledger has no hash of {older}";
        Span<byte> last = stackalloc byte[1];
        return input.Stored.Read(older.Size - 1, last) == 1 && last[0] != (byte)'\n'
            ? $"{older} did not end at the end of a line (byte {older.Size})"
            : null;
    }

    async Task<LoadResult?> FallBackAsync(AppendBase older, string why)
    {
        var policy = context.Options.OnRewrite;
        if (policy == RewritePolicy.Quarantine)
        {
            return await ending.QuarantineAsync(
                $"the file has changed since {older} was loaded, and cannot be continued from "
                + $"its old end: {why} (onChange: append). The rows of {older} are in the table: "
                + "ingest retry adds all rows of this version, ingest skip ignores it; to replace the old rows, undo that "
                + "file first (ingest undo)",
                (connection, token) => HeldChanges.NoteAsync(connection, claim, token));
        }

        EngineLog.FileRewritten(context.Logger, claim.Pipeline, claim.File.Path, claim.FileId.Value, why,
            PipelineJson.NameOf(policy));
        Replaces = policy == RewritePolicy.Replace;
        return null;
    }
}
