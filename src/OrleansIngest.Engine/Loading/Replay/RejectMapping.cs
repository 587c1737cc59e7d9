using Microsoft.Win32.SafeHandles;
using Npgsql;
using OrleansIngest.Engine.Csv;
using OrleansIngest.Engine.Discovery;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Loading.Replay;

/// <summary>Turns rejects into rows by the very reader, encoders and rules that files are loaded with: each record is a range of a scratch file of its own
/// kind, so that an open quote cannot swallow its neighbour.</summary>
sealed class RejectMapping : IDisposable
{
    readonly PipelineOptions _options;
    readonly TargetTable _table;
    readonly SessionSettings _session;
    readonly IReadOnlyList<KeptHeader> _kept;
    readonly TimeProvider _time;
    readonly FileStream _scratch;
    readonly ContentHash _hash = new();
    readonly MemoryBudget _budget = new(long.MaxValue); // a few hundred records, one by one
    readonly Dictionary<(string?, int), (CopyPlan? Plan, string? Refusal)> _plans = [];
    readonly List<(long Id, RowBatch Row)> _rows = [];
    readonly List<RejectVerdict> _refused = [];
    readonly List<long> _replayed = [];

    public RejectMapping(PipelineOptions options, TargetTable table, SessionSettings session, IReadOnlyList<KeptHeader> kept, TimeProvider time)
    {
        (_options, _table, _session, _kept, _time) = (options, table, session, kept, time);
        var scratch = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose };
        if (!OperatingSystem.IsWindows()) scratch.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        _scratch = new FileStream(Path.Combine(Path.GetTempPath(), $"ingest-replay-{Guid.NewGuid():N}"), scratch);
    }

    /// <summary>What may go into the table, a row each.</summary>
    public IReadOnlyList<(long Id, RowBatch Row)> Rows => _rows;

    /// <summary>What went into the table.</summary>
    public IReadOnlyList<long> Replayed => _replayed;

    /// <summary>What was refused once more.</summary>
    public IReadOnlyList<RejectVerdict> Refused => _refused;

    /// <summary>Maps one reject: it becomes a row or is refused.</summary>
    public async Task MapAsync(NpgsqlConnection connection, OpenReject reject, CancellationToken cancellationToken)
    {
        if (!reject.IsWhole)
        {
            Refuse(reject.Id, RejectReason.TooLong, null, "only the beginning of the record was kept: it can only be loaded from its file");
            return;
        }

        if (reject.Fields is not { } fields)
        {
            Refuse(reject.Id, RejectReason.FieldCount, null, "the header of its file was not kept: it can only be loaded from its file");
            return;
        }

        var (plan, refusal) = PlanFor(reject.Header, fields);
        if (plan is null)
        {
            Refuse(reject.Id, RejectReason.FieldCount, null, refusal!);
            return;
        }

        var row = await ReadAsync(connection, plan, reject, cancellationToken);
        if (row.Rejects.Count > 0)
        {
            var refused = row.Rejects[0];
            // The lines that the reader names are those of the scratch file.
            var detail = refused.Reason == RejectReason.BrokenQuote ? "a quote is out of place or not closed" : refused.Detail;
            Refuse(reject.Id, refused.Reason, refused.Column, detail);
            row.Dispose();
        }
        else if (row.RowCount != 1)
        {
            Refuse(reject.Id, RejectReason.FieldCount, null, $"a reject is one record; this text holds {row.Records - row.Skipped}");
            row.Dispose();
        }
        else
        {
            _rows.Add((reject.Id, row));
        }
    }

    /// <summary>Notes that rows went into the table.</summary>
    public void Accept(IEnumerable<long> ids) => _replayed.AddRange(ids);

    /// <summary>Notes that one is refused.</summary>
    public void Refuse(long id, string reason, string? column, string detail) => _refused.Add(new RejectVerdict(id, reason, column, detail));

    public void Dispose()
    {
        foreach (var (_, row) in _rows) row.Dispose();
        _scratch.Dispose();
        _hash.Dispose();
    }

    async Task<RowBatch> ReadAsync(NpgsqlConnection connection, CopyPlan plan, OpenReject reject, CancellationToken cancellationToken)
    {
        // A line break before it: a range that starts at 0 would be taken for a file's beginning, with a byte order mark perhaps.
        var start = RandomAccess.GetLength(Handle) + 1;
        RandomAccess.Write(Handle, [(byte)'\n', .. reject.Raw], start - 1);
        var dialect = new CsvOptions { Delimiter = reject.Delimiter, Quote = _options.Csv.Quote, Header = false, MaxRecordBytes = _options.Csv.MaxRecordBytes };
        using var filler = new BatchFiller(
            Handle, new ByteRange(start, start + reject.Raw.Length), new RecordPosition(1, 2), plan, dialect, _options, _hash, _time);
        var capacity = 4096 + 2 * reject.Raw.Length;
        await _budget.AcquireAsync(capacity, cancellationToken);
        var row = new RowBatch(Claim, plan, capacity, _budget) { Handle = Handle, Dialect = dialect, StartOffset = start, FirstRecord = 1, FirstLine = 2 };
        filler.Fill(row);
        await DeferredRows.ResolveAsync(connection, row, cancellationToken);
        return row;
    }

    (CopyPlan? Plan, string? Refusal) PlanFor(string? header, int fields)
    {
        if (_plans.TryGetValue((header, fields), out var known)) return known;
        try
        {
            var names = header is null ? [] : HeaderJson.Read(header);
            var plan = PlanFactory.Create(_options, _table, _session, _kept, "", names, fields, _time.GetUtcNow());
            return _plans[(header, fields)] = (plan, null);
        }
        catch (HeaderException failure)
        {
            return _plans[(header, fields)] = (null, failure.Message);
        }
    }

    SafeFileHandle Handle => _scratch.SafeFileHandle;

    /// <summary>A claim that the ledger knows nothing of: what commits here is the reject, not a range of its file.</summary>
    FileClaim Claim => new()
    {
        FileId = default,
        Pipeline = _options.Name,
        File = new SeenFile(_scratch.Name, 0, 0, 0, 0),
        Epoch = 0,
        Owner = new NodeId("replay"),
        Attempts = 0,
        Committed = [],
    };
}
