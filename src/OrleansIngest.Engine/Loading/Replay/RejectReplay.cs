using Npgsql;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Commits;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Loading.Replay;

/// <summary>Maps open rejects again, after the table, the rules or the records were corrected. The row and the status
/// <c>replayed</c> commit in one transaction, and rejects that another replay holds are left to it: however often a replay is
/// run or killed, no row is inserted twice.</summary>
/// <param name="dataSource">A role that may load the tables.</param>
/// <param name="time">The clock, for rules about the current time.</param>
public sealed class RejectReplay(NpgsqlDataSource dataSource, TimeProvider time)
{
    /// <summary>Maximum number of rejects in one transaction.</summary>
    const int Most = 500;

    /// <summary>Maximum number of table changes during the attempts of one transaction.</summary>
    const int MostChanges = 5;

    /// <summary>Replays the open rejects that match.</summary>
    /// <param name="filter">The rejects; its status is ignored.</param>
    /// <param name="configured">Pipelines as they are configured now; others are used as last recorded in the ledger.</param>
    /// <param name="act">The operator and the reason; each transaction adds an entry to the history.</param>
    /// <param name="cancellationToken">Stops after the current transaction; what was committed stays.</param>
    /// <exception cref="TargetTableException">A table cannot be loaded at all.</exception>
    /// <exception cref="NpgsqlException">The database cannot be reached, or the operator lacks a privilege.</exception>
    public async Task<RejectReplayResult> RunAsync(
        RejectFilter filter, IReadOnlyList<PipelineOptions> configured, OperatorAct act, CancellationToken cancellationToken) =>
        (await RunAsync(new ReplayRequest(filter, act), configured, cancellationToken)).Result;

    /// <summary>Replays the open rejects that match, or reports what would happen.</summary>
    /// <param name="request">The rejects, the operator, and the options.</param>
    /// <param name="configured">Pipelines as they are configured now; others are used as last recorded in the ledger.</param>
    /// <param name="cancellationToken">Stops after the current transaction; what was committed stays.</param>
    /// <exception cref="ArgumentException">An edited record is given, but the filter does not name exactly one
    /// reject.</exception>
    /// <exception cref="TargetTableException">A table cannot be loaded at all.</exception>
    /// <exception cref="NpgsqlException">The database cannot be reached, or the operator lacks a privilege.</exception>
    public async Task<ReplayReport> RunAsync(ReplayRequest request, IReadOnlyList<PipelineOptions> configured,
        CancellationToken cancellationToken)
    {
        if (request.Record is not null && request.Filter.Ids is not { Count: 1 })
            throw new ArgumentException("An edited record replaces one reject.", nameof(request));
        var filter = request.Filter with { Status = null };
        var refusals = new List<RejectVerdict>();
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        long replayed = 0, refused = 0;
        foreach (var (name, target) in await RejectLedger.TargetsAsync(connection, filter, cancellationToken))
        {
            if (configured.FirstOrDefault(p => p.Name == name) is not { } options)
            {
                var config = await new PipelineLedger(dataSource).ConfigAsync(name, cancellationToken);
                options = config is null ? throw new TargetTableException($"The ledger has no pipeline {name}.")
                    : PipelineJson.Read(config);
            }

            if (target is not null) options = options.ForTable(target);
            else if (options.IsTemplate) throw new TargetTableException(NoTarget(name));
            var some = new Attempt(After: 0, []);
            while (true)
            {
                try
                {
                    if (await ReplaySomeAsync(connection, request with { Filter = filter with { Pipeline = name } }, options,
                        target, some, cancellationToken)
                        is not { } done) break;
                    some = new Attempt(done.Last, []);
                    replayed += done.Replayed;
                    refused += done.Refused.Count;
                    refusals.AddRange(done.Refused.Take(ReplayReport.MostRefusals - refusals.Count));
                    if (request.IsTrial) break;
                }
                catch (PostgresException failure) when (some.MayTryAgainAfter(failure))
                {
                    // Nothing was written. The table was changed after it was looked up, or Npgsql closed the connection
                    // because of a row, which is now known.
                    await connection.CloseAsync();
                    await connection.OpenAsync(cancellationToken);
                }
            }
        }

        return new ReplayReport(new RejectReplayResult(replayed, refused), refusals);
    }

    static string NoTarget(string pipeline) =>
        $"Pipeline {pipeline} has open rejects of files that were loaded before table depended on the file, so their table is "
        + "not known. Restore the earlier value of table for the replay.";

    /// <summary>Replays the next rejects; null if there are no more. A trial is rolled back at the end of its transaction, and
    /// holds no reject that another process may be replaying.</summary>
    async Task<(long Last, int Replayed, IReadOnlyList<RejectVerdict> Refused)?> ReplaySomeAsync(
        NpgsqlConnection connection, ReplayRequest request, PipelineOptions options, string? target, Attempt some,
        CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var taken = await RejectLedger.TakeAsync(connection, request.Filter, target, some.After, Most, !request.IsTrial,
            cancellationToken);
        if (taken.Count == 0) return null;
        some.AreAbout([.. taken.Select(reject => reject.Id)]);
        var table = await PipelineTable.ReadAsync(options, connection, withShape: true, cancellationToken);
        var session = await SessionSettings.ReadAsync(connection, cancellationToken);
        var kept = await StoredHeaders.ReadAsync(connection, table, cancellationToken);
        using var mapping = new RejectMapping(options, table, session, kept, time);
        foreach (var reject in taken) await mapping.MapAsync(connection, reject, request.Record, cancellationToken);
        await new ReplayCopy(connection, mapping, some.Known).RunAsync(cancellationToken);
        await TableShape.ProveAsync(connection, [new ShapedTable(table.WrittenName, table.Shape!)], cancellationToken);
        if (!request.IsTrial && (request.Record is null || mapping.Replayed.Count > 0))
        {
            await RejectLedger.CloseAsync(connection, options.Name, mapping.Replayed, mapping.Refused, request.Record,
                request.Act, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return (taken[^1].Id, mapping.Replayed.Count, mapping.Refused);
    }

    /// <summary>The state of repeated attempts at a transaction.</summary>
    /// <param name="After">The id of the reject before its first.</param>
    /// <param name="Known">The rows that the server refused in earlier attempts.</param>
    sealed record Attempt(long After, Dictionary<string, KnownRefusals> Known)
    {
        long[] _rejects = [];
        int _changes;
        int _found;

        /// <summary>Sets the rejects of this attempt. Discards the known rows if the rejects differ from the last attempt's,
        /// because another process has replayed some.</summary>
        public void AreAbout(long[] rejects)
        {
            if (!rejects.AsSpan().SequenceEqual(_rejects)) Known.Clear();
            _rejects = rejects;
        }

        public bool MayTryAgainAfter(PostgresException failure)
        {
            if (failure.SqlState == TableShape.Changed) return ++_changes <= MostChanges;
            var found = Known.Values.Sum(parts => parts.Count);
            var isWiser = found > _found;
            _found = found;
            return isWiser;
        }
    }
}
