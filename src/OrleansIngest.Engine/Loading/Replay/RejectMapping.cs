using Npgsql;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Pipelines.Metadata;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Targets.Postgres.Computing;
using OrleansIngest.Engine.Targets.Postgres.Rows;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Loading.Replay;

/// <summary>Maps rejects to rows with the same reader, encoders and rules as files: each record is an input of its own, so that
/// an open quote cannot swallow its neighbour.</summary>
sealed class RejectMapping(
    PipelineOptions options, TargetTable table, SessionSettings session, IReadOnlyList<StoredHeader> kept,
    TimeProvider time) : IDisposable
{
    readonly CsvFormat _csv = new(options.Csv);
    readonly MemoryBudget _budget = MemoryBudget.Of(long.MaxValue); // a few hundred records, one by one
    readonly Dictionary<(string, string?, int, string), (CopyPlan? Plan, RecordLayout? Layout, string? Refusal)> _plans = [];
    readonly List<(long Id, EncodedRows Row)> _rows = [];
    readonly List<RejectVerdict> _refused = [];
    readonly List<long> _replayed = [];

    /// <summary>The mapped rows, one for each reject.</summary>
    public IReadOnlyList<(long Id, EncodedRows Row)> Rows => _rows;

    /// <summary>The ids of rejects whose rows are now in the table.</summary>
    public IReadOnlyList<long> Replayed => _replayed;

    /// <summary>The records that were refused again.</summary>
    public IReadOnlyList<RejectVerdict> Refused => _refused;

    /// <summary>Maps one reject: it becomes a row or is refused.</summary>
    /// <param name="connection">Inside the transaction.</param>
    /// <param name="reject">The reject as read from the ledger.</param>
    /// <param name="edited">The edited text; null for the reject itself.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task MapAsync(NpgsqlConnection connection, OpenReject reject, string? edited,
        CancellationToken cancellationToken)
    {
        if (!reject.IsWhole)
        {
            Refuse(reject.Id, RejectReason.TooLong, null,
                "only the beginning of the record was stored: it can only be loaded from its file");
            return;
        }

        if (reject.Fields is not { } fields)
        {
            Refuse(reject.Id, RejectReason.FieldCount, null,
                "the header of its file was not stored: it can only be loaded from its file");
            return;
        }

        if (FormatOf(reject) is not { } format)
        {
            Refuse(reject.Id, RejectReason.FieldCount, null, $"this version cannot read {reject.Format}: use a version that can");
            return;
        }

        if (edited is not null)
        {
            var (bytes, lack) = EditedRecord.BytesOf(edited, format, options);
            if (bytes is null)
            {
                Refuse(reject.Id, RejectReason.InvalidEncoding, null, lack!);
                return;
            }

            reject = reject with { Raw = bytes };
        }

        var (plan, layout, refusal) = await PlanForAsync(connection, format, reject, fields, cancellationToken);
        if (plan is null)
        {
            Refuse(reject.Id, RejectReason.FieldCount, null, refusal!);
            return;
        }

        EncodedRows row;
        try
        {
            row = await ReadAsync(connection, format, plan, layout!, reject, cancellationToken);
        }
        catch (MetadataException failure)
        {
            Refuse(reject.Id, RejectReason.BadValue, null, failure.Message);
            return;
        }

        if (row.Rejects.Count > 0)
        {
            var refused = row.Rejects[0];
            // The reader's line numbers are relative to the record.
            var detail = refused.Reason == RejectReason.BrokenQuote ? "a quote is misplaced or not closed" : refused.Detail;
            Refuse(reject.Id, refused.Reason, refused.Column, detail);
            row.Dispose();
        }
        else if (row.RowCount != 1)
        {
            Refuse(reject.Id, RejectReason.FieldCount, null,
                $"a reject is one record, but this text has {row.Records - row.Skipped}");
            row.Dispose();
        }
        else
        {
            _rows.Add((reject.Id, row));
        }
    }

    /// <summary>Records that the rows of these rejects are in the table.</summary>
    public void Accept(IEnumerable<long> ids) => _replayed.AddRange(ids);

    /// <summary>Records that a reject is refused again.</summary>
    public void Refuse(long id, string reason, string? column, string detail) =>
        _refused.Add(new RejectVerdict(id, reason, column, detail));

    public void Dispose()
    {
        foreach (var (_, row) in _rows) row.Dispose();
    }

    async Task<EncodedRows> ReadAsync(
        NpgsqlConnection connection, IRecordFormat format, CopyPlan plan, RecordLayout layout, OpenReject reject,
        CancellationToken cancellationToken)
    {
        using var reader = format.OpenRaw(reject.Raw, layout,
            new BatchReaderFactory(0, new RecordPosition(1, 1), plan, options, time));
        var capacity = 4096 + 2 * reject.Raw.Length;
        await _budget.AcquireAsync(capacity, cancellationToken);
        var place = reject.Place;
        var row = new EncodedRows(plan, capacity, _budget)
        {
            StartOffset = 0,
            FirstRecord = 1,
            FirstLine = 1,
            Metadata = RowMetadata.Of(
                plan, new FileFacts(place.Path, place.FileId, place.Version, time.GetUtcNow()),
                (place.Line, place.Record, place.Position)),
        };
        reader.Fill(row);
        await DeferredRows.ResolveAsync(connection, row, cancellationToken);
        await ComputedRows.ResolveInsideAsync(connection, row, reject.Raw, cancellationToken);
        return row;
    }

    IRecordFormat? FormatOf(OpenReject reject) =>
        InputFormats.Named(reject.Format, options) is { } format ? InputText.PerField(format, options) : null;

    async Task<(CopyPlan? Plan, RecordLayout? Layout, string? Refusal)> PlanForAsync(
        NpgsqlConnection connection, IRecordFormat format, OpenReject reject, int fields, CancellationToken cancellationToken)
    {
        var key = (format.Name, reject.Header, fields, reject.Layout ?? reject.Delimiter);
        if (_plans.TryGetValue(key, out var known)) return known;
        try
        {
            var names = reject.Header is { } header ? HeaderJson.Read(header) : [];
            var layout = format.Name == _csv.Name
                ? reject.Layout is { } json ? CsvLayoutJson.Read(json) : _csv.LayoutOf(names, fields, reject.Delimiter)
                : format.LayoutOfRaw(names, fields);
            var plan = await PlanFactory.SettledAsync(options, table, session, kept, "", layout, time.GetUtcNow(), connection,
                cancellationToken);
            return _plans[key] = (plan, layout.Bound(plan.Forms, plan.LateFields), null);
        }
        catch (Exception failure) when (failure is HeaderException or LayoutException)
        {
            return _plans[key] = (null, null, failure.Message);
        }
    }
}
