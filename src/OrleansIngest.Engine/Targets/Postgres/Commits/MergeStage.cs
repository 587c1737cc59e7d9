using Npgsql;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>Merges rows through a temporary table into a table that may have their keys.</summary>
/// <param name="connection">Inside the transaction.</param>
/// <param name="plan">With a <see cref="CopyPlan.Merge"/>.</param>
/// <param name="accepted">Called when the server starts to accept rows; may be null.</param>
sealed class MergeStage(NpgsqlConnection connection, CopyPlan plan, Action? accepted)
{
    readonly MergePlan _merge = plan.Merge!;

    /// <summary>Whether to try a plain INSERT if new keys are expected, at the cost of a savepoint. Default: false.</summary>
    public bool MayExpect { get; init; }

    /// <summary>Copies rows and merges them in one statement.</summary>
    /// <param name="parts">Encoded rows in file order, with their number; one part if the table's triggers may discard
    /// rows.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The counts for each part.</returns>
    public async Task<MergeCounts[]> RunAsync(IReadOnlyList<RowParts> parts, CancellationToken cancellationToken)
    {
        await TemporaryStage.CreateAsync(connection, plan, isIndexed: false, cancellationToken);
        await CopyStream.WriteAsync(connection, TemporaryStage.Copy(plan), plan.IsBinary, parts.SelectMany(p => p.Bytes),
            accepted, cancellationToken);
        var counts = (MayExpect && _merge.NewKeys.AreExpected ? await TryAllNewAsync(parts, cancellationToken) : null)
            ?? await MergeAsync(parts, parts.Count == 1 ? _merge.Statement("1", $"{parts[0].Rows}")
                : _merge.Statement(Starts(parts)), null, cancellationToken);
        _merge.NewKeys.Learn(parts.Sum(p => p.Rows), counts.Sum(c => c.Inserted));
        return counts;
    }

    /// <summary>Null if the table has one of the keys; then nothing is inserted.</summary>
    async Task<MergeCounts[]?> TryAllNewAsync(IReadOnlyList<RowParts> parts, CancellationToken cancellationToken)
    {
        try
        {
            return await MergeAsync(parts, _merge.AllNew(Starts(parts)), "ingest_merge", cancellationToken);
        }
        catch (PostgresException failure) when (_merge.NewKeys.AreDenied(failure))
        {
            await connection.ExecuteAsync("ROLLBACK TO SAVEPOINT ingest_merge; RELEASE SAVEPOINT ingest_merge",
                cancellationToken);
            _merge.NewKeys.WereNot();
            return null;
        }
    }

    async Task<MergeCounts[]> MergeAsync(IReadOnlyList<RowParts> parts, string statement, string? savepoint,
        CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        if (savepoint is not null) batch.BatchCommands.Add(new NpgsqlBatchCommand($"SAVEPOINT {savepoint}"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        if (plan.MayDiscardRows) batch.BatchCommands.Add(new NpgsqlBatchCommand(_merge.Missing("true")));
        if (savepoint is not null) batch.BatchCommands.Add(new NpgsqlBatchCommand($"RELEASE SAVEPOINT {savepoint}"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"DROP TABLE {MergePlan.Stage}"));
        var counts = new MergeCounts[parts.Count];
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var at = parts.Count == 1 ? 0 : reader.GetInt32(0);
            counts[at] = new MergeCounts((int)reader.GetInt64(parts.Count == 1 ? 0 : 1),
                (int)reader.GetInt64(parts.Count == 1 ? 1 : 2));
        }

        if (plan.MayDiscardRows && await reader.NextResultAsync(cancellationToken) && await reader.ReadAsync(cancellationToken))
            counts[0] = counts[0].WithMissing((int)reader.GetInt64(0), parts[0].Rows);
        while (await reader.NextResultAsync(cancellationToken)) { }

        return counts;
    }

    static int[] Starts(IReadOnlyList<RowParts> parts)
    {
        var starts = new int[parts.Count];
        for (var (i, start) = (0, 1); i < starts.Length; start += parts[i++].Rows) starts[i] = start;
        return starts;
    }
}

/// <summary>Encoded rows of one batch.</summary>
/// <param name="Bytes">The rows, in file order.</param>
/// <param name="Rows">Number of rows.</param>
readonly record struct RowParts(IEnumerable<ReadOnlyMemory<byte>> Bytes, int Rows);
