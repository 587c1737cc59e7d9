using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading.Drift;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Commits;
using OrleansIngest.Engine.Targets.Postgres.Rows;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Loading;

/// <summary>A node's cached knowledge of a pipeline's table: looked up when the first file needs it, and
/// kept until something fails.</summary>
sealed class PipelineTarget(
    PipelineOptions options, NpgsqlDataSource dataSource, DatabaseHealth health, TableDrift drift, ILogger logger,
    TimeProvider time)
{
    const string CorruptTable = "public.corrupt_records";

    /// <summary>Plans contain rules about the current time, so they must not grow old.</summary>
    static readonly TimeSpan PlanLife = TimeSpan.FromMinutes(1);

    sealed record Known(TargetTable Table, SessionSettings Session, IReadOnlyList<StoredHeader> Kept)
    {
        public IReadOnlyList<string> ColumnNames { get; } = [.. Table.Columns.Select(c => c.Name)];
    }

    readonly Lock _lock = new();
    Dictionary<string, CopyPlan> _plans = [];
    Task<Known>? _known;
    long _plansSince;
    string? _usual; // the detected dialect of the pipeline's first files

    /// <summary>Reads the layout of a file's records and creates, or finds, the plan for it.</summary>
    /// <exception cref="LayoutException">The file does not have its format.</exception>
    /// <exception cref="HeaderException">The layout does not fit the table.</exception>
    /// <exception cref="TargetTableException">The table cannot be loaded.</exception>
    public async Task<(CopyPlan Plan, RecordLayout Layout)> PlanForAsync(
        OpenedInput input, FileClaim claim, CancellationToken cancellationToken)
    {
        if (claim.Committed.Count > 0)
            input.Kept ??= await health.RetryAsync(token => InputNotes.KeptAsync(dataSource, claim.FileId, token),
                cancellationToken);
        var found = await FindAsync(input, claim, cancellationToken);
        input.FirstLayout ??= found.Layout;
        return found;
    }

    async Task<(CopyPlan Plan, RecordLayout Layout)> FindAsync(
        OpenedInput input, FileClaim claim, CancellationToken cancellationToken)
    {
        var (known, isFresh) = await KnownAsync(cancellationToken);
        if (!isFresh)
        {
            // The table may have got the columns since, or the ledger the header's mapping: only the current state may refuse a
            // file or ignore a field.
            try
            {
                if (await FindForAsync(known) is { Plan.Note: not { LeftOut.Count: > 0 } } found) return found;
            }
            catch (Exception failure) when (failure is HeaderException or LayoutException)
            {
                // Tried again below.
            }

            Forget();
            (known, _) = await KnownAsync(cancellationToken);
        }

        var plan = await FindForAsync(known);
        if (!drift.WantsColumns(plan.Plan)) return plan;
        await drift.AddAsync(input, await LayoutAsync(known), claim, cancellationToken);
        Forget();
        (known, _) = await KnownAsync(cancellationToken);
        return await FindForAsync(known);

        async Task<(CopyPlan Plan, RecordLayout Layout)> FindForAsync(Known table)
        {
            var layout = await LayoutAsync(table);
            var plan = await PlanForAsync(input.Format.Name, layout, table, claim, cancellationToken);
            return (plan, layout.Bound(plan.Forms, plan.LateFields));
        }

        async Task<RecordLayout> LayoutAsync(Known table)
        {
            var before = input.Kept ?? input.FirstLayout?.Kept;
            var layout = before is { } kept
                ? input.Format.ReadKept(input.LayoutContent, kept, table.ColumnNames)
                : input.Format.ReadLayout(input.LayoutContent, table.ColumnNames);
            return layout.Found is not null && before is null
                ? await ComparedAsync(layout, layout.Found, claim.Pipeline, cancellationToken) : layout;
        }
    }

    /// <summary>The differences between files and table: reports them, and alters the table if configured.</summary>
    public TableDrift Drift => drift;

    /// <summary>A file whose dialect differs from that of the pipeline's first files is read in its
    /// own dialect, with a note.</summary>
    async Task<RecordLayout> ComparedAsync(RecordLayout layout, string found, string pipeline,
        CancellationToken cancellationToken)
    {
        var usual = _usual ??= await health.RetryAsync(token => FoundDialects.KeepAsync(dataSource, pipeline, found, token),
            cancellationToken);
        return usual == found ? layout
            : layout with { Findings = [.. layout.Findings, FoundDialects.Difference(usual, found, layout.Findings)] };
    }

    async Task<CopyPlan> PlanForAsync(string format, RecordLayout layout, Known known, FileClaim claim,
        CancellationToken cancellationToken)
    {
        // The rules for values depend on the format, so layouts of equal names may need different plans.
        var key = $"{format} " + (layout.IsByName ? HeaderJson.Write(layout.Names) : $"{layout.FieldCount}")
            + (layout.TakesLateFields ? " and later ones" : "")
            + string.Join('\n', layout.Findings);
        lock (_lock)
        {
            if (time.GetElapsedTime(_plansSince) >= PlanLife) (_plans, _plansSince) = ([], time.GetTimestamp());
            if (_plans.TryGetValue(key, out var ready)) return ready;
        }

        var plan = PlanFactory.Create(options, known.Table, known.Session, known.Kept, CorruptTable, layout, time.GetUtcNow());
        if (plan.Compute is not null)
        {
            plan = await health.RetryAsync(async token =>
            {
                await using var connection = await dataSource.OpenConnectionAsync(token);
                return await PlanFactory.SettledAsync(
                    options, known.Table, known.Session, known.Kept, CorruptTable, layout, time.GetUtcNow(), connection, token);
            }, cancellationToken);
        }

        if (plan.Note is { } note) EngineLog.ColumnsNoted(logger, claim.Pipeline, claim.File.Path, note.ToString());
        lock (_lock)
        {
            // Not if the table was forgotten meanwhile: a cached plan for the old table would be stale each time.
            if (_known is { IsCompletedSuccessfully: true } now && ReferenceEquals(now.Result, known)) _plans[key] = plan;
        }

        return plan;
    }

    /// <summary>Another table of the same pipeline.</summary>
    /// <param name="other">The pipeline with that table.</param>
    public PipelineTarget For(PipelineOptions other) => new(other, dataSource, health, drift.For(other), logger, time);

    /// <summary>Looks up the table before a file needs it. A failure is ignored: the first file looks it up
    /// again.</summary>
    public async Task PrefetchAsync()
    {
        Task<Known> known;
        lock (_lock) known = _known ??= Task.Run(() => ReadAsync(CancellationToken.None));
        await ((Task)known).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Discards the cache: the next file looks up the table again.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _known = null;
            _plans = [];
        }
    }

    /// <summary>Discards a cached table of this shape, unless it was looked up again since. Also closes the sessions: the
    /// settings of a role or database are part of the shape, and apply only to new sessions.</summary>
    public void Forget(string? shape)
    {
        lock (_lock)
        {
            if (_known is { IsCompletedSuccessfully: true } known && known.Result.Table.Shape != shape)
            {
                foreach (var (key, _) in _plans.Where(p => p.Value.MadeFor?.Shape == shape).ToArray()) _plans.Remove(key);
                return;
            }

            _known = null;
            _plans = [];
        }

        dataSource.Clear();
    }

    async Task<(Known Known, bool IsFresh)> KnownAsync(CancellationToken cancellationToken)
    {
        Task<Known>? known;
        lock (_lock) known = _known;
        if (known is not null)
        {
            await Task.WhenAny(known).WaitAsync(cancellationToken);
            if (known.IsCompletedSuccessfully) return (await known, false);
        }

        var found = await health.RetryAsync(ReadAsync, cancellationToken);
        lock (_lock)
        {
            // Of two concurrent look-ups, the later answer may be of the older table: plans belong to one look-up.
            _known = Task.FromResult(found);
            _plans = [];
        }

        return (found, true);
    }

    async Task<Known> ReadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var table = await PipelineTable.ReadAsync(options, connection, withShape: true, cancellationToken);
        return new Known(
            table, await SessionSettings.ReadAsync(connection, cancellationToken),
            await StoredHeaders.ReadAsync(connection, table, cancellationToken));
    }
}
