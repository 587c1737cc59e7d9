using Microsoft.Win32.SafeHandles;
using Npgsql;
using OrleansIngest.Engine.Csv;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Discovery;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Loading;

/// <summary>Reads and maps a file as a load would, and writes nothing. What the server judges only when a row arrives (check, unique,
/// foreign key, triggers) is not tried, but named.</summary>
/// <param name="options">The pipeline that would load it.</param>
/// <param name="connection">Open; to a database with the ledger's tables.</param>
/// <param name="time">For rules about now.</param>
public sealed class DryRun(PipelineOptions options, NpgsqlConnection connection, TimeProvider time)
{
    const string NoTable = "public.corrupt_records";

    /// <summary>Reads the whole file.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="shown">How many rejects to keep, from 0.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="TargetTableException">The table cannot be loaded, whatever the file.</exception>
    public async Task<DryRunResult> RunAsync(string path, int shown, CancellationToken cancellationToken)
    {
        await PipelineTable.CheckAsync(options, connection, cancellationToken);
        try
        {
            return await ReadFileAsync(path, shown, cancellationToken);
        }
        catch (IOException failure)
        {
            return new DryRunResult { Refusal = ClaimEnding.CannotBeRead(failure) };
        }
        catch (UnauthorizedAccessException)
        {
            return new DryRunResult { Refusal = ClaimEnding.NoRightToRead };
        }
    }

    async Task<DryRunResult> ReadFileAsync(string path, int shown, CancellationToken cancellationToken)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        var size = RandomAccess.GetLength(handle);
        if (size == 0) return new DryRunResult();
        if (FileSignature.Refusal(handle) is { } refusal) return new DryRunResult { Bytes = size, Refusal = refusal };
        try
        {
            var (plan, dialect, notTried) = await PlanAsync(handle, size, cancellationToken);
            var result = await ReadAsync(handle, Claim(path, size), plan, dialect, shown, cancellationToken);
            return result with { ColumnsNote = plan.Note, NotTried = notTried };
        }
        catch (HeaderException failure)
        {
            return new DryRunResult { Bytes = size, Refusal = failure.Message };
        }
    }

    async Task<(CopyPlan Plan, CsvOptions Dialect, IReadOnlyList<string> NotTried)> PlanAsync(
        SafeFileHandle handle, long size, CancellationToken cancellationToken)
    {
        var table = await TargetTable.ReadAsync(connection, options.Table, cancellationToken);
        var session = await SessionSettings.ReadAsync(connection, cancellationToken);
        using var reader = new RecordReader(handle, new ByteRange(0, size), options.Csv, firstLine: 1, hash: null);
        var (header, fieldCount) = FileHeader.Read(reader, options.Csv);
        var kept = await KeptHeaders.ReadAsync(connection, table, cancellationToken);
        var plan = PlanFactory.Create(options, table, session, kept, NoTable, header, fieldCount, time.GetUtcNow());
        var dialect = new CsvOptions
        {
            Delimiter = reader.Delimiter,
            Quote = options.Csv.Quote,
            Header = options.Csv.Header,
            MaxRecordBytes = options.Csv.MaxRecordBytes,
        };
        return (plan, dialect, await ArrivalChecks.ReadAsync(connection, table, cancellationToken));
    }

    async Task<DryRunResult> ReadAsync(
        SafeFileHandle handle, FileClaim claim, CopyPlan plan, CsvOptions dialect, int shown, CancellationToken cancellationToken)
    {
        using var hash = new ContentHash();
        using var filler = new BatchFiller(handle, new ByteRange(0, claim.File.Size), new RecordPosition(1, 1), plan, dialect, options, hash, time);
        var budget = new MemoryBudget(long.MaxValue); // one batch at a time
        var byReason = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var rejects = new List<RejectedRow>();
        long good = 0, rejected = 0, skipped = 0;
        while (!filler.AtEnd)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var capacity = (int)Math.Min(options.BatchBytes, 4096 + 2 * claim.File.Size);
            await budget.AcquireAsync(capacity, cancellationToken);
            using var batch = new RowBatch(claim, plan, capacity, budget)
            {
                Handle = handle,
                Dialect = dialect,
                StartOffset = filler.NextOffset,
                FirstRecord = filler.Next.Record,
                FirstLine = filler.Next.Line,
            };
            filler.Fill(batch);
            await DeferredRows.ResolveAsync(connection, batch, cancellationToken);
            await CheckTextsAsync(batch, cancellationToken);
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

        return new DryRunResult { Bytes = claim.File.Size, Good = good, Rejected = rejected, Skipped = skipped, ByReason = byReason, Rejects = rejects };
    }

    /// <summary>Values of types without an encoder would be judged by COPY; here the server is asked.</summary>
    async Task CheckTextsAsync(RowBatch batch, CancellationToken cancellationToken)
    {
        using var raw = new RawRecords(batch);
        foreach (var (row, refusal) in await TextRowCheck.RefusedAsync(connection, batch, cancellationToken))
            batch.ServerRejects.Add(batch.Refused(row, refusal, raw));
    }

    /// <summary>A claim that the ledger knows nothing of: nothing is ever committed with it.</summary>
    FileClaim Claim(string path, long size) => new()
    {
        FileId = default,
        Pipeline = options.Name,
        File = new SeenFile(path, size, 0, 0, 0),
        Epoch = 0,
        Owner = new NodeId("dry-run"),
        Attempts = 0,
        Committed = [],
    };
}
