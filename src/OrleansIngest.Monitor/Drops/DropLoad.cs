using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Monitor.Drops;

/// <summary>Loads a dropped file once, as <c>ingest load</c> does: one more node of the same ledger, in this process.</summary>
/// <param name="spool">Where uploads are.</param>
/// <param name="loggers">For the engine.</param>
/// <param name="time">The clock.</param>
sealed class DropLoad(Spool spool, ILoggerFactory loggers, TimeProvider time)
{
    /// <summary>One at a time: each has lanes and memory of its own, beside those of a silo.</summary>
    static readonly SemaphoreSlim Gate = new(1);

    /// <summary>Runs a load that was begun, to its end.</summary>
    /// <param name="drop">The file.</param>
    /// <param name="pipeline">How it is loaded.</param>
    /// <param name="database">Where its table is.</param>
    /// <param name="act">Who brought it.</param>
    /// <param name="again">Whether to load it although this pipeline loaded its content before.</param>
    /// <param name="cancellationToken">Stops at the next batch.</param>
    public async Task RunAsync(Drop drop, PipelineOptions pipeline, MonitorDatabase database, OperatorAct act, bool again,
        CancellationToken cancellationToken)
    {
        try
        {
            await Gate.WaitAsync(cancellationToken);
            try
            {
                await LoadAsync(drop, pipeline, database, act, again, cancellationToken);
            }
            finally
            {
                Gate.Release();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            drop.End(Drop.Failed, null, default,
                "The program was stopped. No part of the file is in the table. Drop the file again: the load resumes where "
                    + "it stopped.");
        }
        catch (Exception failure)
        {
            DropLog.Failed(loggers.CreateLogger<DropLoad>(), drop.Name, pipeline.Table, failure);
            drop.End(Drop.Failed, null, default,
                failure is PostgresException server ? $"The database refused: {server.MessageText}" : failure.Message);
        }
    }

    async Task LoadAsync(Drop drop, PipelineOptions pipeline, MonitorDatabase database, OperatorAct act, bool again,
        CancellationToken cancellationToken)
    {
        await using (var connection = await database.RowSource.OpenConnectionAsync(cancellationToken))
            await PipelineTable.CheckAsync(pipeline, connection, cancellationToken);
        var ledger = new DropLedger(database.RowSource);
        await ContinueAsync(drop, pipeline.Name, ledger, cancellationToken);
        if (!FileStat.TryStat(drop.Path, out var seen)) throw new IOException($"{drop.Name} no longer exists. Drop it again.");
        var options = new IngestNodeOptions
        {
            ConnectionString = database.ConnectionString,
            Kind = NodeKind.Load,
            Pipelines = [pipeline]
        };
        await using var node = await IngestNode.StartAsync(options, loggers, time, cancellationToken);
        await using var workers = new TaskFileWorkers(node, loggers);
        drop.LoadsWith(node);
        await RetryAsync(node, pipeline.Name, seen, act, cancellationToken);
        var load = new OneShotLoad(node, pipeline.Name, workers) { Again = again ? act : null };
        var states = await load.RunAsync([seen], claim => drop.Claimed(claim.FileId), cancellationToken);
        var totals = Totals(states, drop.Size);
        var (state, message) = Outcome(states);
        // The file itself comes first; of an archive, its members follow.
        if (states[0] is { WasHandled: true, FileId: var file })
            await ledger.NoteAsync(file, act, $"{drop.Name} into {pipeline.Table}: {state}", cancellationToken);
        drop.End(state, states[0].FileId, totals, message);
    }

    /// <summary>Continues an unfinished upload of this content: its rows are in a staging
    /// table under its path and time.</summary>
    async Task ContinueAsync(Drop drop, string pipeline, DropLedger ledger, CancellationToken cancellationToken)
    {
        if (drop.Upload is not { } upload) return;
        foreach (var earlier in await ledger.UnfinishedAsync(pipeline, drop.Folder!, cancellationToken))
        {
            if (spool.Move(upload, earlier.Path, earlier.ModifiedNanoseconds) is not { } moved) continue;
            drop.MovedTo(moved);
            return;
        }
    }

    /// <summary>Retries a file that was quarantined: the table may have been corrected.</summary>
    static async Task RetryAsync(IngestNode node, string pipeline, SeenFile seen, OperatorAct act,
        CancellationToken cancellationToken)
    {
        var known = await new ContentLedger(node.LedgerSource).NewestAsync(pipeline, [seen.Path], cancellationToken);
        if (known is not [var newest] || !newest.File.IsSameVersionAs(seen)) return;
        var states = await node.Files.StatesAsync(pipeline, [seen.Path], cancellationToken);
        if (states is [{ Status: "quarantined" } state])
            await new OperatorLedger(node.LedgerSource).ApplyAsync(FileVerb.Retry, state.FileId, act, cancellationToken);
    }

    static (long Bytes, long Rows, long Rejected, long Skipped) Totals(IReadOnlyList<FileState> states, long size)
    {
        var loaded = states.Where(s => s is { IsArchive: false, Status: "loaded" }).ToArray();
        return (loaded.Length > 0 ? size : 0, loaded.Sum(s => s.Totals.Loaded), loaded.Sum(s => s.Totals.Rejected),
            loaded.Sum(s => s.Totals.Skipped));
    }

    static (string State, string? Message) Outcome(IReadOnlyList<FileState> states)
    {
        FileState[] files = [.. states.Where(s => !s.IsArchive)];
        if (files.FirstOrDefault(s => s.Status != "loaded" && !s.IsRepeat) is { } failed)
            return (Drop.Failed, failed.Reason is { } reason ? $"The file is {failed.Status}: {reason}"
                : "Another program is loading this file. The page of the file shows its progress.");
        if (files.All(s => s.IsRepeat)) return (Drop.Repeated, files.Select(s => s.Reason).FirstOrDefault());
        if (files.All(s => !s.WasHandled || s.IsRepeat)) return (Drop.Repeated, "This file was loaded before.");
        return (Drop.Loaded, files.Length > 1 ? $"{Counted.Of(files.Length, "file")} of the archive" : null);
    }
}
