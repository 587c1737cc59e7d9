using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Commits;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Loading.Bulk;

/// <summary>The changes to indexes before a load.</summary>
/// <param name="Table">Quoted, with its schema; null if it was not examined.</param>
/// <param name="Dropped">The indexes dropped by this load; null if none was.</param>
/// <param name="Adopted">Indexes that an earlier load has dropped and not rebuilt.</param>
/// <param name="IsPending">Whether any index of any table waits to be built.</param>
/// <param name="WhyNot">Why no index was dropped, human-readable; null if one was, or if none was requested.</param>
public sealed record BulkStart(string? Table, BulkPlan? Dropped, int Adopted, bool IsPending, string? WhyNot);

/// <summary>The indexes around the load of one command: drops them before it if that pays, and rebuilds them after it, together
/// with those that other programs left behind.</summary>
/// <param name="ledgerSource">A role that owns the table, for a bulk load.</param>
/// <param name="ledger">The dropped indexes.</param>
/// <param name="rebuild">Builds them again.</param>
/// <param name="node">This node.</param>
/// <param name="health">The health of the database.</param>
/// <param name="time">For pauses.</param>
/// <param name="logger">Logs why indexes stay.</param>
public sealed class BulkLoad(
    NpgsqlDataSource ledgerSource, DroppedIndexLedger ledger, IndexRebuild rebuild, NodeId node, DatabaseHealth health,
    TimeProvider time, ILogger logger)
{
    static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>How long to wait until a load without heartbeats that left indexes behind is declared dead. 10 s, as for
    /// files.</summary>
    static readonly TimeSpan Patience = NodeLedger.SilentAfter + TimeSpan.FromSeconds(2);

    /// <summary>The indexes being built: names by server process.</summary>
    public IReadOnlyDictionary<int, string> Building => rebuild.Building;

    /// <summary>Whether a load of this size may drop indexes, as far as that is known without the database.</summary>
    /// <param name="options">The pipeline; its <see cref="PipelineOptions.Bulk"/> is the policy, and null means auto.</param>
    /// <param name="bytes">Stored bytes of the files, or an upper bound of them; pipes count 0.</param>
    /// <param name="hasPipes">Whether there are pipes, whose size is unknown.</param>
    public static bool MayDrop(PipelineOptions options, long bytes, bool hasPipes) => (options.Bulk ?? BulkPolicy.Auto) switch
    {
        BulkPolicy.On => bytes > 0 || hasPipes,
        BulkPolicy.Auto => BulkDecision.IsWorthChecking(options, bytes),
        _ => false,
    };

    /// <summary>Call it before the load.</summary>
    /// <param name="options">The pipeline; its <see cref="PipelineOptions.Bulk"/> is the policy, and null means auto.</param>
    /// <param name="bytes">Stored bytes of the files that are not loaded yet; pipes count 0.</param>
    /// <param name="hasPipes">Whether there are pipes, whose size is unknown.</param>
    /// <param name="announce">Called before anything is locked and dropped.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="TargetTableException">The policy is on, and other sessions hold locks on the table; or it cannot be
    /// loaded.</exception>
    public async Task<BulkStart> BeginAsync(
        PipelineOptions options, long bytes, bool hasPipes, Action<BulkPlan> announce, CancellationToken cancellationToken)
    {
        var isAsked = options.Bulk == BulkPolicy.On;
        var left = await ledger.ListAsync(cancellationToken);
        if (left.Count > 0) await new NodeLedger(ledgerSource).ReapNodesAsync(node, canDeclareDead: true, cancellationToken);
        var mayDrop = MayDrop(options, bytes, hasPipes);
        if ((left.Count == 0 && !mayDrop) || options.IsTemplate) return new BulkStart(null, null, 0, left.Count > 0, null);
        if (await NameAsync(options, cancellationToken) is not { } table)
            return new BulkStart(null, null, 0, left.Count > 0, null);
        var adopted = left.Count == 0 ? 0 : await ledger.AdoptAsync(table, node, cancellationToken);
        if (!mayDrop) return new BulkStart(table, null, adopted, true, null);

        BulkPlan? plan = null;
        string? whyNot;
        try
        {
            whyNot = await new IndexDrop(ledgerSource, time).RunAsync(options.Bulk ?? BulkPolicy.Auto, table, bytes, options.Name,
                node, said =>
            {
                plan = said;
                announce(said);
            }, cancellationToken);
        }
        catch (TableBusyException busy)
        {
            if (isAsked) throw new TargetTableException(busy.Message);
            whyNot = busy.Message;
        }

        if (whyNot is not null) EngineLog.IndexesStay(logger, options.Name, table, whyNot);
        return new BulkStart(
            table, whyNot is null ? plan : null, adopted, left.Count > 0 || whyNot is null,
            isAsked && adopted == 0 ? whyNot : null);
    }

    /// <summary>Call it after the load: builds the indexes that it dropped or adopted, and those that no other load will
    /// build.</summary>
    /// <param name="sessions">Number of concurrent sessions.</param>
    /// <param name="cancellationToken">Ends it: unbuilt indexes are left to the next program.</param>
    public async Task<RebuildReport> FinishAsync(int sessions, CancellationToken cancellationToken)
    {
        CrashPoint.Hit("files-loaded");
        var all = RebuildReport.Empty;
        var failed = new HashSet<long>();
        var began = time.GetTimestamp();
        var nodes = new NodeLedger(ledgerSource);
        while (true)
        {
            var report = await rebuild.RunAsync(sessions, [], atOnce: false, failed, cancellationToken);
            all = new RebuildReport(
                [.. all.Built, .. report.Built], [.. all.Failed, .. report.Failed], all.Seconds + report.Seconds);
            // Another load may have been killed a moment ago, and neither PostgreSQL nor this program may have noticed yet.
            var isDue = await health.RetryAsync(async token =>
            {
                await nodes.ReapNodesAsync(node, canDeclareDead: true, token);
                return await ledger.MayBeLeftAsync(node, token);
            }, cancellationToken);
            if (!isDue || time.GetElapsedTime(began) - TimeSpan.FromSeconds(all.Seconds) > Patience) return all;
            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }

    /// <summary>The table's name in the ledger; null if the table does not exist yet.</summary>
    async Task<string?> NameAsync(PipelineOptions options, CancellationToken cancellationToken)
    {
        await using var connection = await ledgerSource.OpenConnectionAsync(cancellationToken);
        try
        {
            return (await TargetTable.ReadAsync(connection, options.Table, cancellationToken)).QuotedName;
        }
        catch (TargetTableException missing) when (missing.IsMissing)
        {
            return null;
        }
    }
}
