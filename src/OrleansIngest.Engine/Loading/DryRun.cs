using Microsoft.Win32.SafeHandles;
using Npgsql;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Pipelines.Metadata;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Engine.Sources.FileSystem;
using OrleansIngest.Engine.Targets.Postgres.Commits;
using OrleansIngest.Engine.Targets.Postgres.Computing;
using OrleansIngest.Engine.Targets.Postgres.Rows;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Loading;

/// <summary>Reads and maps a file as a load would, without writing. Constraints that the server checks only on insert (check,
/// unique, foreign key, triggers) are not checked, but listed.</summary>
/// <param name="options">The pipeline that would load it.</param>
/// <param name="connection">Open; to a database with the ledger's tables.</param>
/// <param name="time">The clock, for rules about the current time.</param>
public sealed class DryRun(PipelineOptions options, NpgsqlConnection connection, TimeProvider time)
{
    const string NoTable = "public.corrupt_records";

    /// <summary>Reading ends after the batch that reaches this number of records. Default: no limit.</summary>
    internal long MostRecords { get; init; } = long.MaxValue;

    /// <summary>The table as it would be after a change. Default: as it is.</summary>
    internal Func<TargetTable, TargetTable> Altered { get; init; } = table => table;

    /// <summary>Reads the whole file.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="shown">Maximum number of rejects to return; 0 or more.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="TargetTableException">The table cannot be loaded, whatever the file; or the file
    /// does not determine a table.</exception>
    public Task<DryRunResult> RunAsync(string path, int shown, CancellationToken cancellationToken) =>
        RunAsync(path, () => OpenedInput.Open(path, options), shown, cancellationToken);

    /// <summary>The same for an input that is opened in another way, such as the member of an archive.</summary>
    internal async Task<DryRunResult> RunAsync(
        string path, Func<OpenedInput> open, int shown, CancellationToken cancellationToken)
    {
        await PipelineTable.CheckAsync(options, connection, cancellationToken);
        try
        {
            using var input = open();
            return input is { Archive: not null } && input.Refusal() is null
                ? await ReadArchiveAsync(input, path, shown, cancellationToken)
                : await ReadFileAsync(input, path, shown, cancellationToken);
        }
        catch (IOException failure)
        {
            return new DryRunResult { Refusal = ClaimEnding.CannotBeRead(failure) };
        }
        catch (BrokenContentException failure)
        {
            return new DryRunResult { Refusal = failure.Message };
        }
        catch (UnauthorizedAccessException)
        {
            return new DryRunResult { Refusal = ClaimEnding.NoRightToRead };
        }
    }

    /// <summary>Reads each file of an archive in turn. If one would be quarantined, the archive is refused for its
    /// reason.</summary>
    async Task<DryRunResult> ReadArchiveAsync(OpenedInput archive, string path, int shown, CancellationToken cancellationToken)
    {
        var all = new DryRunResult { Bytes = archive.Stored.Length!.Value };
        var listing = archive.List();
        if (listing.Entries.Count == 0) return all with { Refusal = "the archive contains no data files" };
        foreach (var entry in listing.Entries)
        {
            using var member = OpenedInput.OpenMember(path, entry.Name, options);
            var one = await ReadFileAsync(member, path + ArchiveLedger.Separator + entry.Name, shown - all.Rejects.Count,
                cancellationToken);
            if (one.Refusal is { } refusal) return all with { Refusal = $"{entry.Name}: {refusal}" };
            all = all with
            {
                Good = all.Good + one.Good,
                Rejected = all.Rejected + one.Rejected,
                Skipped = all.Skipped + one.Skipped,
                ByReason = all.ByReason.Concat(one.ByReason).GroupBy(r => r.Key).ToDictionary(r => r.Key,
                    r => r.Sum(n => n.Value)),
                Rejects = [.. all.Rejects, .. one.Rejects],
                NotTried = one.NotTried,
                ColumnsNote = all.ColumnsNote ?? one.ColumnsNote,
                Mapping = all.Mapping.Count > 0 ? all.Mapping : one.Mapping,
            };
        }

        return all;
    }

    async Task<DryRunResult> ReadFileAsync(OpenedInput input, string path, int shown, CancellationToken cancellationToken)
    {
        var size = input.Stored.Length!.Value;
        if (size == 0) return new DryRunResult();
        if (input.Refusal() is { } refusal) return new DryRunResult { Bytes = size, Refusal = refusal };
        try
        {
            var (plan, layout, notTried) = await PlanAsync(input, cancellationToken);
            var end = input.Unit == PositionUnit.Byte ? size : PositionSpan.Open;
            var result = await ReadAsync(path, input.InputFor(layout), end, plan, shown, cancellationToken);
            return result with
            {
                Bytes = size,
                ColumnsNote = plan.Note,
                NotTried = [.. notTried, .. Changes(plan)],
                Mapping = MappingOf(plan, layout)
            };
        }
        catch (Exception failure) when (failure is HeaderException or LayoutException or MetadataException
            or BrokenContentException)
        {
            return new DryRunResult { Bytes = size, Refusal = failure.Message };
        }
    }

    static MappedField[] MappingOf(CopyPlan plan, RecordLayout layout) =>
    [
        .. plan.Fields.Select((field, i) => new MappedField(
            field + 1, layout.IsByName && field < layout.Names.Count ? layout.Names[field] : "", plan.Columns[i].Name,
            plan.Columns[i].TypeName)),
    ];

    async Task<(CopyPlan Plan, RecordLayout Layout, IReadOnlyList<string> NotTried)> PlanAsync(
        OpenedInput input, CancellationToken cancellationToken)
    {
        var table = Altered(await PipelineTable.ReadAsync(options, connection, withShape: false, cancellationToken));
        var session = await SessionSettings.ReadAsync(connection, cancellationToken);
        var layout = input.Format.ReadLayout(input.Content, [.. table.Columns.Select(c => c.Name)]);
        var kept = await StoredHeaders.ReadAsync(connection, table, cancellationToken);
        var plan = await PlanFactory.SettledAsync(options, table, session, kept, NoTable, layout, time.GetUtcNow(), connection,
            cancellationToken);
        return (plan, layout.Bound(plan.Forms, plan.LateFields),
            await ArrivalChecks.ReadAsync(connection, table, cancellationToken));
    }

    /// <summary>Changes that a load would make to the table. The records that need them are rejected here.</summary>
    IEnumerable<string> Changes(CopyPlan plan)
    {
        if (options.ExtraColumns == ExtraColumnPolicy.Add && plan.Note is { LeftOut: { Count: > 0 } extra })
            yield return $"extraColumns: add (columns for {string.Join(", ", extra.Select(f => f.Label()))})";
        foreach (var (column, type) in plan.Wider?.Wanted ?? [])
            yield return $"typeChanges: widen ({column.Name} would become {type.Sql})";
    }

    async Task<DryRunResult> ReadAsync(string path, RecordInput input, long end, CopyPlan plan, int shown,
        CancellationToken cancellationToken)
    {
        var metadata = RowMetadata.Of(plan, new FileFacts(path, FileId: 0, Version: 1, time.GetUtcNow()));
        using var reader = BatchReaderFactory.Open(input, new PositionSpan(0, end),
            new RecordPosition(1, input.Format.HasLines ? 1 : 0), plan, options, time);
        var budget = MemoryBudget.Of(long.MaxValue); // one batch at a time
        var byReason = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var rejects = new List<RejectedRow>();
        long good = 0, rejected = 0, skipped = 0;
        while (!reader.AtEnd && good + rejected < MostRecords)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var capacity = (int)Math.Min(options.BatchBytes, 4096 + 2 * (input.Content.Length ?? options.BatchBytes));
            await budget.AcquireAsync(capacity, cancellationToken);
            using var batch = new EncodedRows(plan, capacity, budget, input.IsForwardOnly)
            {
                Metadata = metadata,
                StartOffset = reader.NextOffset,
                FirstRecord = reader.Next.Record,
                FirstLine = reader.Next.Line,
            };
            reader.Fill(batch);
            await DeferredRows.ResolveAsync(connection, batch, cancellationToken);
            await ComputedRows.ResolveAsync(connection, batch, input, cancellationToken);
            await CheckTextsAsync(batch, input, cancellationToken);
            good += batch.RowCount - batch.ServerRejects.Count;
            rejected += batch.RejectCount;
            skipped += batch.Skipped;
            foreach (var row in batch.Rejects.Concat(batch.ServerRejects).OrderBy(row => row.ByteOffset))
            {
                var reason = row.Column is null ? row.Reason : $"{row.Reason} {row.Column}";
                byReason[reason] = byReason.GetValueOrDefault(reason) + 1;
                if (rejects.Count < shown) rejects.Add(row);
            }
        }

        return new DryRunResult { Good = good, Rejected = rejected, Skipped = skipped, ByReason = byReason, Rejects = rejects };
    }

    /// <summary>In a load, COPY checks values of types without an encoder; here the server is asked.</summary>
    async Task CheckTextsAsync(EncodedRows batch, RecordInput input, CancellationToken cancellationToken)
    {
        using var raw = new RawRecords(batch, input);
        foreach (var (row, refusal) in await TextRowCheck.RefusedAsync(connection, batch, cancellationToken))
            batch.ServerRejects.Add(batch.Refused(row, refusal, raw));
    }
}
