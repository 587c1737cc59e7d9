using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Monitor.Drops;

/// <summary>A dropped file. Safe for concurrent use.</summary>
/// <param name="id">Names it in requests.</param>
/// <param name="name">A safe name.</param>
/// <param name="file">The upload; null for a file of this machine.</param>
/// <param name="path">Where it is.</param>
/// <param name="size">Bytes.</param>
/// <param name="at">When it was brought.</param>
/// <param name="keep">How long it is kept.</param>
sealed class Drop(string id, string name, SpooledFile? file, string path, long size, DateTimeOffset at, TimeSpan keep)
{
    readonly Lock _gate = new();
    readonly bool _isUpload = file is not null;
    readonly byte[]? _sha256 = file?.Sha256;
    SpooledFile? _file = file;
    string _state = Ready;
    PipelineOptions? _options;
    IngestNode? _node;
    long? _fileId;
    (long Bytes, long Rows, long Rejected, long Skipped) _totals;
    string? _message;

    public const string Ready = "ready", Waiting = "waiting", Loading = "loading", Loaded = "loaded", Repeated = "repeated",
        Failed = "failed";

    public string Id => id;

    public string Name => name;

    public long Size => size;

    public DateTimeOffset At => at;

    /// <summary>Where the file is; an upload that resumes an earlier one gets the path of that one.</summary>
    public string Path { get; private set; } = path;

    /// <summary>The content's hash; null for a file of this machine.</summary>
    public byte[]? Sha256 => _sha256;

    /// <summary>The name of the upload's directory; null for a file of this machine.</summary>
    public string? Folder => _sha256 is null ? null : Convert.ToHexStringLower(_sha256);

    /// <summary>Whether the file still exists: a loaded upload does not.</summary>
    public bool HasFile
    {
        get
        {
            lock (_gate) return !_isUpload || _file is not null;
        }
    }

    public DropState State
    {
        get
        {
            lock (_gate)
            {
                var loader = _node?.Active.FirstOrDefault();
                var (bytes, rows) = _node is { } node ? (loader?.CommittedBytes ?? 0, node.CommittedRows)
                    : (_totals.Bytes, _totals.Rows);
                return new DropState(
                    id, name, size, _isUpload, at, at + keep, _state, _options?.Table, _options?.Name, _fileId,
                    Math.Min(bytes, size), rows, _totals.Rejected,
                    _totals.Skipped, _message);
            }
        }
    }

    /// <summary>Whether it has expired and is not being loaded.</summary>
    public bool IsOver(DateTimeOffset now)
    {
        lock (_gate) return _state is not (Waiting or Loading) && now >= at + keep;
    }

    /// <summary>Begins a load; false while one is in progress or if the file no longer exists.</summary>
    public bool TryBegin(PipelineOptions options)
    {
        lock (_gate)
        {
            if (_state is Waiting or Loading || (_isUpload && _file is null)) return false;
            (_state, _options, _message, _fileId, _totals) = (Waiting, options, null, null, default);
            return true;
        }
    }

    public void LoadsWith(IngestNode node)
    {
        lock (_gate) (_state, _node) = (Loading, node);
    }

    public void Claimed(FileId claimed)
    {
        lock (_gate) _fileId = claimed.Value;
    }

    /// <summary>The upload, for the load in progress; null for a file of this machine.</summary>
    public SpooledFile? Upload
    {
        get
        {
            lock (_gate) return _file;
        }
    }

    public void MovedTo(SpooledFile moved)
    {
        lock (_gate) (_file, Path) = (moved, moved.Path);
    }

    /// <summary>Ends a load.</summary>
    public void End(string state, FileId? ended, (long Bytes, long Rows, long Rejected, long Skipped) totals, string? message)
    {
        lock (_gate) (_state, _node, _fileId, _totals, _message) = (state, null, ended?.Value ?? _fileId, totals, message);
        if (state is Loaded or Repeated) RemoveFile();
    }

    /// <summary>Deletes an upload; a file of this machine stays.</summary>
    public void RemoveFile()
    {
        SpooledFile? spooled;
        lock (_gate) (spooled, _file) = (_file, null);
        spooled?.Folder.Remove();
    }

    /// <summary>Removes it unless a load is in progress.</summary>
    public bool TryDiscard()
    {
        lock (_gate)
        {
            if (_state is Waiting or Loading) return false;
        }

        RemoveFile();
        return true;
    }
}
