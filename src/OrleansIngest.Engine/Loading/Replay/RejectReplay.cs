using Npgsql;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Commits;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Loading.Replay;

/// <summary>
/// Maps open rejects again, after the table, the rules or the records were corrected. Row and <c>replayed</c> are one
/// transaction, and a reject that another replay holds is left to it: however often it is run or killed, no row comes twice.
/// </summary>
/// <param name="dataSource">A role that may load the tables.</param>
/// <param name="time">For rules about now.</param>
public sealed class RejectReplay(NpgsqlDataSource dataSource, TimeProvider time)
{
    /// <summary>Rejects in one transaction.</summary>
    const int Most = 500;

    /// <summary>Changes of a table in the middle of a replay before it fails.</summary>
    const int MostChanges = 5;

    /// <summary>Replays the open rejects that match.</summary>
    /// <param name="filter">Which; its status counts as <c>open</c>.</param>
    /// <param name="configured">Pipelines as they are configured now; others are used as last recorded in the ledger.</param>
    /// <param name="act">Who, and why; each transaction leaves an entry in the history.</param>
    /// <param name="cancellationToken">Stops after the current transaction; what was committed stays.</param>
    /// <exception cref="TargetTableException">A table cannot be loaded at all.</exception>
    /// <exception cref="NpgsqlException">The database cannot be reached, or the operator lacks a privilege.</exception>
    public async Task<RejectReplayResult> RunAsync(
        RejectFilter filter, IReadOnlyList<PipelineOptions> configured, OperatorAct act, CancellationToken cancellationToken) =>
        (await RunAsync(new ReplayRequest(filter, act), configured, cancellationToken)).Result;

    /// <summary>Replays the open rejects that match, or reports what would happen.</summary>
    /// <param name="request">Which, by whom, and how.</param>
    /// <param name="configured">Pipelines as they are configured now; others are used as last recorded in the ledger.</param>
    /// <param name="cancellationToken">Stops after the current transaction; what was committed stays.</param>
    /// <exception cref="ArgumentException">A record is given for anything but one key.</exception>
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
                    // Nothing was written. The table was changed after it was looked up, or Npgsql closed the
                    // connection over a row, which is known now.
                    await connection.CloseAsync();
                    await connection.OpenAsync(cancellationToken);
                }
            }
        }

        return new ReplayReport(new RejectReplayResult(replayed, refused), refusals);
    }

    static string NoTarget(string pipeline) =>
        $"Pipeline {pipeline} has open rejects of files that were loaded before table depended on the file, so their table is "
        + "not known: table: restore table for the replay.";

    /// <summary>Null if there are no more. A trial is rolled back at the end of its transaction, and holds no reject that another
    /// process may be replaying.</summary>
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
    /// <param name="After">The reject before its first.</param>
    /// <param name="Known">The rows that the server refused in earlier attempts.</param>
    sealed record Attempt(long After, Dictionary<string, KnownRefusals> Known)
    {
        long[] _rejects = [];
        int _changes;
        int _found;

        /// <summary>Other rejects than before, because another process replayed some: what is
        /// known concerns other rows.</summary>
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
