using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Ledger.Operators;

/// <summary>Verbs for all matching files: one transaction, and one entry in the history, which stores the keys of the files
/// (<c>ingest.operation_file</c>). The effect of a verb on each file is decided as for a single file.</summary>
/// <param name="dataSource">The ledger; for undo, a role that may delete from the tables.</param>
public sealed class BulkLedger(NpgsqlDataSource dataSource)
{
    const int MostReasons = 10;

    readonly record struct Decided(
        FileId File, string Pipeline, VerbOutcome Outcome, string Status, string Message, bool NewVersion, long? Rows);

    /// <summary>Applies a verb to all files that match, or reports its effect.</summary>
    /// <param name="verb">The verb.</param>
    /// <param name="choice">The files; one that no longer matches when its row is locked is not changed.</param>
    /// <param name="configured">For undo: the current configurations of pipelines; if one does not define how rows are found, the
    /// ledger's last configuration of it is used.</param>
    /// <param name="act">Who, and why.</param>
    /// <param name="isTrial">Whether only to report the effect, without a change.</param>
    /// <param name="cancellationToken">Cancels; then nothing has changed.</param>
    /// <exception cref="PostgresException">55P03: another session holds one of the files for 15 s. For undo, also if a table
    /// refuses (<see cref="UndoLedger.IsRefusal"/>). Then nothing has changed.</exception>
    public async Task<BulkReport> ApplyAsync(
        BulkVerb verb, BulkChoice choice, IReadOnlyList<PipelineOptions> configured, OperatorAct act, bool isTrial,
        CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (choice.Filter.IsByOpenRejects) await connection.WithLookupsAsync(cancellationToken);
        var found = await FindAsync(connection, choice, verb.MostFiles + 1, isLocking: !isTrial, cancellationToken);
        var taken = found.Take(verb.MostFiles).ToArray();
        var decided = verb.Verb is { } change
            ? Decide(change, await FileConditions.ReadAsync(connection, taken, cancellationToken))
            : await UndoAsync(connection, taken, configured, act, isTrial, cancellationToken);
        var done = decided.Where(d => d.Outcome == VerbOutcome.Done).ToList();
        var report = Report(verb, choice, found, taken, decided, done);
        if (isTrial || done.Count == 0) return report;

        if (verb.Verb is { } making)
        {
            if (done.FindAll(d => !d.NewVersion) is { Count: > 0 } same)
                await FileChanges.ChangeAsync(
                    connection, making, Keys(same), FileStatusNames.Parse(same[0].Status), act, cancellationToken);
            if (done.FindAll(d => d.NewVersion) is { Count: > 0 } anew)
                await FileChanges.AddVersionsAsync(
                    connection, Keys(anew), isReplacement: making == FileVerb.Replace, act, cancellationToken);
        }

        await NoteAsync(connection, verb, done, act, report.Message, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return report;
    }

    static long[] Keys(IEnumerable<Decided> files) => [.. files.Select(d => d.File.Value)];

    /// <summary>In the order of their keys, so that two such actions wait for each other instead of deadlocking.</summary>
    static async Task<List<long>> FindAsync(
        NpgsqlConnection connection, BulkChoice choice, int limit, bool isLocking, CancellationToken cancellationToken)
    {
        await using (var wait = new NpgsqlCommand($"SET LOCAL lock_timeout = '{OperatorLedger.LockTimeout}'", connection))
            await wait.ExecuteNonQueryAsync(cancellationToken);
        await using var command = new NpgsqlCommand { Connection = connection, CommandTimeout = 0 };
        var where = FileFilterSql.Where(choice.Filter, command.Parameters);
        if (choice.Ids is { } ids) where.Add(
            $"f.file_id = ANY ({command.Parameters.Put(ids.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Bigint)})");
        if (choice.UpTo is { } last) where.Add($"f.file_id <= {command.Parameters.Put(last, NpgsqlDbType.Bigint)}");
        command.CommandText =
            $"""
            SELECT f.file_id FROM ingest.file f WHERE {FileFilterSql.Join(where)} ORDER BY f.file_id
            LIMIT {command.Parameters.Put(limit, NpgsqlDbType.Integer)}{(isLocking ? " FOR NO KEY UPDATE" : "")}
            """;
        return await command.ReadAllAsync(r => r.GetInt64(0), cancellationToken);
    }

    /// <summary>As after a confirmation: a loaded file is loaded again.</summary>
    static List<Decided> Decide(
        FileVerb verb, List<(FileId File, string Pipeline, FileCondition Condition)> files) => files.ConvertAll(file =>
    {
        var decision = FileVerbs.Decide(verb, file.Condition, again: true);
        return new Decided(
            file.File, file.Pipeline, decision.Outcome, (decision.Status ?? file.Condition.Status).ToName(), decision.Message,
            decision.NewVersion,
            OperatorLedger.RowsOf(decision, verb, file.Condition));
    });

    static async Task<List<Decided>> UndoAsync(
        NpgsqlConnection connection, long[] files, IReadOnlyList<PipelineOptions> configured, OperatorAct act, bool isTrial,
        CancellationToken cancellationToken)
    {
        var pipelines = await PipelinesAsync(connection, files, cancellationToken);
        var decided = new List<Decided>();
        foreach (var file in files.Select(f => new FileId(f)))
        {
            var result = await UndoLedger.UndoAsync(
                connection, file, configured, act, isTrial, isNoted: false, cancellationToken);
            decided.Add(new Decided(file, pipelines.GetValueOrDefault(file.Value, ""), result.Outcome, result.Status ?? "",
                result.Message, false, result.Rows));
        }

        return decided;
    }

    static async Task<Dictionary<long, string>> PipelinesAsync(
        NpgsqlConnection connection, long[] files, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT file_id, pipeline FROM ingest.file WHERE file_id = ANY ($1)",
            connection)
        {
            Parameters = { new() { Value = files } },
        };
        return (await command.ReadAllAsync(r => (r.GetInt64(0), r.GetString(1)), cancellationToken)).ToDictionary();
    }

    static BulkReport Report(
        BulkVerb verb, BulkChoice choice, List<long> found, long[] taken, List<Decided> decided, List<Decided> done)
    {
        var rows = done.Exists(d => d.Rows is not null) ? done.Sum(d => d.Rows ?? 0) : (long?)null;
        return new BulkReport
        {
            Matching = taken.Length,
            HasMore = found.Count > taken.Length,
            Files = done.Count,
            Rows = rows,
            Message = $"{choice.Describe(done.Count)}: {What(verb, rows)}",
            Ids = Keys(done),
            UpTo = taken.Length > 0 ? taken[^1] : null,
            Others =
            [
                .. decided.Where(d => d.Outcome != VerbOutcome.Done).GroupBy(d => (d.Outcome, d.Status))
                    .OrderByDescending(g => g.Count()).Take(MostReasons)
                    .Select(g => new BulkExclusion(
                        g.Count(), g.Key.Outcome.ToString().ToLowerInvariant(), g.Key.Status, g.First().File.Value,
                        g.First().Message)),
            ],
        };
    }

    static string What(BulkVerb verb, long? rows)
    {
        var removed = rows is { } some ? $"{Counted.Of(some, "row")} {(some == 1 ? "is" : "are")} removed from the table" : null;
        return verb.Verb switch
        {
            FileVerb.Retry => "ready to be loaded",
            FileVerb.Skip => "skipped",
            FileVerb.Quarantine => "quarantined",
            FileVerb.Replay => removed is null ? "will be loaded again"
                : $"will be loaded again; {removed} where new ones replace them",
            FileVerb.Replace =>
                $"will be loaded again; {removed ?? "no row is removed"} in the transactions that add the new ones",
            _ => $"undone, {removed ?? "no row is removed"}",
        };
    }

    static async Task NoteAsync(
        NpgsqlConnection connection, BulkVerb verb, List<Decided> done, OperatorAct act, string message,
        CancellationToken cancellationToken)
    {
        var pipelines = done.Select(d => d.Pipeline).Distinct(StringComparer.Ordinal).Take(2).ToArray();
        await using var command = new NpgsqlCommand(
            """
            WITH noted AS (INSERT INTO ingest.history (kind, pipeline, who, detail) VALUES ($1, $2, $3, $4) RETURNING history_id)
            INSERT INTO ingest.operation_file (history_id, file_id)
            SELECT history_id, file_id FROM noted, unnest($5::bigint[]) AS f (file_id)
            """, connection)
        { CommandTimeout = 0 };
        command.Parameters.Put($"operator.{verb.Name}", NpgsqlDbType.Text);
        command.Parameters.Put(pipelines.Length == 1 ? pipelines[0] : null, NpgsqlDbType.Text);
        command.Parameters.Put(act.Who, NpgsqlDbType.Text);
        command.Parameters.Put(act.Reason is { } why ? $"{message} ({why})" : message, NpgsqlDbType.Text);
        command.Parameters.Put(Keys(done), NpgsqlDbType.Array | NpgsqlDbType.Bigint);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
