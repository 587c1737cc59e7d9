using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Engine.Ledger.Operators;

/// <summary>An operator's decision about rejects that are not replayed.</summary>
public enum RejectVerb
{
    /// <summary>They are not needed: they no longer count as open.</summary>
    Ignore,

    /// <summary>Ignored rejects are open again.</summary>
    Reopen,
}

/// <summary>The rejects that a decision changes, or has changed.</summary>
/// <param name="Rejects">Their number.</param>
/// <param name="Files">The number of their files.</param>
/// <param name="UpTo">The largest of their keys; 0 without one.</param>
public readonly record struct RejectReach(long Rejects, long Files, long UpTo);

/// <summary>Ignores and reopens rejects. Nothing is deleted: only their status changes, and with it every count of open
/// rejects.</summary>
/// <param name="dataSource">A role that may change <c>corrupt_records</c>.</param>
public sealed class RejectVerbs(NpgsqlDataSource dataSource)
{
    /// <summary>Applies a decision to all rejects that match, in one transaction, with an entry in the history for each
    /// pipeline.</summary>
    /// <param name="verb">The decision.</param>
    /// <param name="filter">Selects the rejects; its status is not used. Ignore changes open ones, reopen those that an operator
    /// has ignored.</param>
    /// <param name="upTo">Only keys up to this one, from a trial: it excludes rejects that were added later. Null: any.</param>
    /// <param name="act">Who, and why.</param>
    /// <param name="isTrial">Whether only to count them, without a change.</param>
    /// <param name="cancellationToken">Cancels; then nothing has changed.</param>
    /// <exception cref="PostgresException">55P03: another session holds one of them for 15 s. Then nothing has
    /// changed.</exception>
    public async Task<RejectReach> ApplyAsync(
        RejectVerb verb, RejectFilter filter, long? upTo, OperatorAct act, bool isTrial, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var wait = new NpgsqlCommand($"SET LOCAL lock_timeout = '{OperatorLedger.LockTimeout}'", connection))
            await wait.ExecuteNonQueryAsync(cancellationToken);
        await using var command = new NpgsqlCommand { Connection = connection, CommandTimeout = 0 };
        var where = $"{Candidates(verb)} AND {RejectViews.Where(filter with { Status = null }, command.Parameters)}";
        if (upTo is { } last) where += $" AND c.id <= {command.Parameters.Put(last, NpgsqlDbType.Bigint)}";
        command.CommandText = isTrial
            ? $"SELECT {Reach("c.id", "c.file_id")} FROM public.corrupt_records c WHERE {where}"
            : Change(verb, where, act, command.Parameters);
        var reach = (await command.ReadAllAsync(
            r => new RejectReach(r.GetInt64(0), r.GetInt64(1), r.GetInt64(2)), cancellationToken))[0];
        await transaction.CommitAsync(cancellationToken);
        return reach;
    }

    /// <summary>SQL: whether a decision can change reject <c>c</c>.</summary>
    internal static string Candidates(RejectVerb verb) =>
        verb == RejectVerb.Ignore
            ? $"c.status = '{RejectStates.Open}'"
            : $"(c.status = '{RejectStates.Ignored}' AND c.ignored_at IS NOT NULL)";

    static string Reach(string id, string file) => $"count(*), count(DISTINCT {file}), coalesce(max({id}), 0)";

    /// <summary>An entry about the rejects of a single file is shown on its page.</summary>
    static string Change(RejectVerb verb, string where, OperatorAct act, NpgsqlParameterCollection parameters)
    {
        var (set, kind, done) = verb == RejectVerb.Ignore
            ? ($"status = '{RejectStates.Ignored}', ignored_at = clock_timestamp()", "operator.ignore-rejects", "ignored")
            : ($"status = '{RejectStates.Open}', ignored_at = NULL", "operator.reopen-rejects", "reopened");
        return
            $"""
            WITH changed AS (UPDATE public.corrupt_records c SET {set} WHERE {where} RETURNING c.id, c.pipeline, c.file_id),
            noted AS (INSERT INTO ingest.history (kind, pipeline, file_id, who, detail)
                SELECT '{kind}', pipeline, CASE WHEN min(file_id) = max(file_id) THEN min(file_id) END,
                    {parameters.Put(act.Who, NpgsqlDbType.Text)},
                    CASE count(*) WHEN 1 THEN '1 reject' ELSE count(*) || ' rejects' END || ' {done}'
                        || coalesce(' (' || {parameters.Put(act.Reason, NpgsqlDbType.Text)} || ')', '')
                FROM changed GROUP BY pipeline)
            SELECT {Reach("id", "file_id")} FROM changed
            """;
    }
}
