using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Coordination;

/// <summary>
/// Determines by content which files of unchanged size and mtime were replaced, among those whose inode or ctime changed.
/// The others were renumbered, or their owner, permissions or links changed: only their numbers in the ledger are updated.
/// Works in slices, so that a file system which renumbers a hundred thousand files does not keep new ones waiting.
/// </summary>
/// <remarks>Not safe for concurrent use. Results that were not recorded at the end are found again after the next start, because
/// the ledger has the old numbers.</remarks>
sealed class ReplacementCheck(string pipeline, ContentLedger contents, TimeProvider time) : IDisposable
{
    const int AskedAtOnce = 200;
    const long PieceBytes = 1 << 20;

    readonly Dictionary<string, SeenFile> _suspects = new(StringComparer.Ordinal);
    readonly Queue<(KnownContent Known, SeenFile Now)> _known = new();
    readonly List<(KnownContent Known, SeenFile Now)> _same = [];
    readonly List<(KnownContent Known, SeenFile Now)> _replaced = [];
    FileContent? _content;
    ContentHash? _hash;

    /// <summary>Whether anything is left to do.</summary>
    public bool IsIdle => _suspects.Count + _known.Count + _same.Count + _replaced.Count == 0;

    /// <summary>Adds files to check; one that was added before is checked in its current state.</summary>
    public void Add(IReadOnlyList<SeenFile> suspects)
    {
        foreach (var file in suspects) _suspects[file.Path] = file;
    }

    /// <summary>Works for about <paramref name="budget"/> and records the results.</summary>
    /// <param name="budget">How long files are read.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>How many files turned out to be replaced: they are new versions, and ready.</returns>
    public async Task<int> WorkAsync(TimeSpan budget, CancellationToken cancellationToken)
    {
        if (IsIdle) return 0;
        if (_known.Count == 0 && _suspects.Count > 0) await AskAsync(cancellationToken);
        // A share that hangs must not block the caller's thread.
        await Task.Run(() => Slice(budget, cancellationToken), cancellationToken);
        await contents.AdoptAsync(_same, cancellationToken);
        _same.Clear();
        await contents.AddReplacedAsync(_replaced, cancellationToken);
        var replaced = _replaced.Count;
        _replaced.Clear();
        return replaced;
    }

    public void Dispose() => Close();

    async Task AskAsync(CancellationToken cancellationToken)
    {
        SeenFile[] some = [.. _suspects.Values.Take(AskedAtOnce)];
        foreach (var known in await contents.NewestAsync(pipeline, [.. some.Select(f => f.Path)], cancellationToken))
        {
            var now = _suspects[known.File.Path];
            // Another version by now: discovery reports it as a change.
            if (!known.File.IsSameVersionAs(now) || known.File.IsSameStateAs(now)) continue;
            // Content that is not in the ledger cannot be compared: the file is not loaded, or an operator skipped it.
            if (known.Sha256 is null) _same.Add((known, now));
            else _known.Enqueue((known, now));
        }

        foreach (var file in some) _suspects.Remove(file.Path);
    }

    void Slice(TimeSpan budget, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (_known.TryPeek(out var file) && !cancellationToken.IsCancellationRequested)
        {
            bool? isSame = null;
            try
            {
                if (!Piece(file.Now, file.Known.Sha256!, out isSame))
                {
                    if (time.GetElapsedTime(began) >= budget) return;
                    continue;
                }
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // Gone, or not readable, so nothing is known. It is a suspect again when it changes, or after the next start.
            }

            Close();
            _known.Dequeue();
            if (isSame is { } known) (known ? _same : _replaced).Add(file);
            if (time.GetElapsedTime(began) >= budget) return;
        }
    }

    /// <summary>Reads on.</summary>
    /// <param name="file">As it was reported.</param>
    /// <param name="sha256">Of the content that the ledger knows.</param>
    /// <param name="isSame">Whether it has that content; null when it has changed meanwhile.</param>
    /// <returns>Whether it is read to its end.</returns>
    bool Piece(in SeenFile file, byte[] sha256, out bool? isSame)
    {
        isSame = null;
        _content ??= new FileContent(file.Path);
        _hash ??= new ContentHash();
        if (!_hash.ReadTo(_content, Math.Min(file.Size, _hash.UpTo + PieceBytes))) return true;
        if (_hash.UpTo < file.Size) return false;
        if (_content.IsSameStateAs(file))
            isSame = _hash.Finish(_content, file.Size).AsSpan().SequenceEqual(sha256);
        return true;
    }

    void Close()
    {
        _content?.Dispose();
        _hash?.Dispose();
        (_content, _hash) = (null, null);
    }
}
