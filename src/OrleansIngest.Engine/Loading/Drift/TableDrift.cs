using Npgsql;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Commits;
using OrleansIngest.Engine.Targets.Postgres.Rows;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Loading.Drift;

/// <summary>Alters the table of a pipeline to fit its files, if the pipeline allows it, and reports the decisions. One for each
/// node and pipeline; safe for concurrent use.</summary>
/// <param name="options">The pipeline.</param>
/// <param name="dataSource">A role that may write the ledger, and owns the table if that is to change.</param>
/// <param name="health">Waits for an unavailable database.</param>
/// <param name="suggestion">Names and types of new columns.</param>
/// <param name="time">For pauses.</param>
sealed class TableDrift(PipelineOptions options, NpgsqlDataSource dataSource, DatabaseHealth health, IColumnSuggestion suggestion,
    TimeProvider time)
{
    /// <summary>Limits for one file and in total: keys that are data, such as order numbers, need not all be reported.</summary>
    const int MostReported = 100, MostRemembered = 10_000;

    readonly Lock _lock = new();
    readonly HashSet<(string, string)> _reported = [];

    /// <summary>The same for another table of the pipeline.</summary>
    public TableDrift For(PipelineOptions other) => new(other, dataSource, health, suggestion, time);

    /// <summary>Checks that the pipeline may alter its table, if it is configured to.</summary>
    /// <exception cref="TargetTableException">It may not.</exception>
    public static async Task CheckAsync(PipelineOptions options, TargetTable table, NpgsqlConnection connection,
        CancellationToken cancellationToken)
    {
        RescueFactory.ColumnOf(options, table);
        var why = options.ExtraColumns == ExtraColumnPolicy.Add ? "extraColumns: add"
            : options.TypeChanges == TypeChangePolicy.Widen ? "typeChanges: widen" : null;
        if (why is not null) await TableAlteration.CheckRightAsync(connection, table, why, cancellationToken);
    }

    /// <summary>Whether a plan omits a field that must become a column.</summary>
    public bool WantsColumns(CopyPlan plan) => options.ExtraColumns == ExtraColumnPolicy.Add
        && plan.Note is { LeftOut.Count: > 0 };

    /// <summary>Adds columns to the table for the fields that have none. If several nodes add the same column at once, all use
    /// the first one's.</summary>
    /// <param name="input">The open file.</param>
    /// <param name="layout">Its layout before its fields are bound to columns.</param>
    /// <param name="claim">For the history.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="TableBusyException">Other sessions hold locks on the table.</exception>
    /// <exception cref="TargetTableException">The server refuses the columns.</exception>
    public async Task AddAsync(OpenedInput input, RecordLayout layout, FileClaim claim, CancellationToken cancellationToken)
    {
        IReadOnlyList<string>? types = null;
        await health.RetryAsync(async token =>
        {
            TargetTable table;
            await using (var connection = await dataSource.OpenConnectionAsync(token))
            {
                table = await PipelineTable.ReadAsync(options, connection, withShape: false, token);
                if (await ExtraAsync(connection, table, layout, token) is not { } extra) return true;
                types ??= suggestion.Types(input, layout, extra.Names);
            }

            await AlterAsync(table, async connection =>
            {
                table = await PipelineTable.ReadAsync(options, connection, withShape: false, token);
                if (await ExtraAsync(connection, table, layout, token) is { } still)
                    await AddAsync(connection, table, layout, still, types, claim, token);
            }, token);
            return true;
        }, cancellationToken);
    }

    /// <summary>Widens columns to the types that a plan needs.</summary>
    /// <param name="plan">The plan; columns that cannot be widened are marked in it.</param>
    /// <param name="claim">For the history.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Whether the table now differs from that of the plan.</returns>
    /// <exception cref="TableBusyException">Other sessions hold locks on the table.</exception>
    public async Task<bool> WidenAsync(CopyPlan plan, FileClaim claim, CancellationToken cancellationToken)
    {
        var isOther = false;
        foreach (var (column, type) in plan.Wider!.Wanted)
        {
            isOther |= await health.RetryAsync(async token =>
            {
                try
                {
                    await TableAlteration.RunAsync(dataSource, plan.TargetName, async connection =>
                    {
                        var table = await PipelineTable.ReadAsync(options, connection, withShape: false, token);
                        // Another session was faster: the next plan is made for the current table.
                        if (!table.Columns.Any(c => (c.Name, c.TypeOid, c.TypeModifier)
                            == (column.Name, column.TypeOid, column.TypeModifier))) return;
                        await connection.ExecuteAsync(
                            $"ALTER TABLE {table.QuotedName} ALTER COLUMN {QuotedName.Of(column.Name)} TYPE {type.Sql}", token);
                        await DriftLedger.NoteChangeAsync(connection, claim, [new DriftDecision(
                            DriftDecision.Widened, $"{column.Name} {type.Sql}",
                            $"column {column.Name} of {table.QuotedName} is now {type.Sql}: {column.TypeName} could not hold a "
                                + "value of the file")], token);
                    }, time, token);
                    return true;
                }
                catch (PostgresException failure) when (IsRefusal(failure))
                {
                    plan.Wider.Refuse(column.Name);
                    await DriftLedger.NoteAsync(dataSource, claim, [new DriftDecision(
                        DriftDecision.Kept, $"{column.Name} {type.Sql}",
                        $"column {column.Name} of {plan.TargetName} stays {column.TypeName}, so records with wider values are "
                            + $"rejected: {failure.MessageText}")], token);
                    return false;
                }
            }, cancellationToken);
        }

        return isOther;
    }

    /// <summary>Reports how fields without a column and columns without a field are handled; each once.</summary>
    public async Task ReportAsync(CopyPlan plan, FileClaim claim, CancellationToken cancellationToken)
    {
        if (plan.Note is not { } note) return;
        DriftDecision[] fresh;
        lock (_lock)
        {
            if (note.LeftOut.Count + (note.Rescued?.Count ?? 0) + note.Unfilled.Count == 0) return;
            fresh = [.. Decisions(note, plan.TargetName).Where(d => !_reported.Contains((d.Kind, d.Name))).Take(MostReported)];
        }

        if (fresh.Length == 0) return;
        await health.RetryAsync(token => DriftLedger.NoteAsync(dataSource, claim, fresh, token), cancellationToken);
        lock (_lock)
        {
            if (_reported.Count > MostRemembered) _reported.Clear();
            _reported.UnionWith(fresh.Select(d => (d.Kind, d.Name)));
        }
    }

    IEnumerable<DriftDecision> Decisions(ColumnsNote note, string table)
    {
        foreach (var field in note.LeftOut)
            yield return new DriftDecision(DriftDecision.Ignored, field.Label(),
                $"field {field.Quoted()} has no column in {table} and is ignored");
        foreach (var field in note.Rescued ?? [])
            yield return new DriftDecision(DriftDecision.Rescued, field.Label(),
                $"field {field.Quoted()} has no column in {table} and is stored in {options.RescueColumn}");
        foreach (var column in note.Unfilled)
            yield return new DriftDecision(DriftDecision.Missing, column,
                $"column {column} of {table} has no field and stays NULL");
    }

    /// <summary>The fields without a column, and the column names of all fields; null if each field has a column.</summary>
    async Task<Extra?> ExtraAsync(NpgsqlConnection connection, TargetTable table, RecordLayout layout,
        CancellationToken cancellationToken)
    {
        var kept = await StoredHeaders.ReadAsync(connection, table, cancellationToken);
        var binding = PlanFactory.Bind(options, table, kept, layout);
        if (binding.Unmapped.Count == 0) return null;
        var bound = binding.Columns.ToDictionary(c => c.Field, c => c.Column.Name);
        // An unfilled column of exactly this name is the intended one.
        var others = table.Columns.Select(c => c.Name).Except(bound.Values).Except(binding.Unfilled.Select(c => c.Name));
        var names = suggestion.Names(layout, field => bound.GetValueOrDefault(field), others);
        return new Extra([.. binding.Unmapped.Select(ignored => ignored.Field)], names,
            [.. binding.Used.Select(used => used.Field)]);
    }

    async Task AddAsync(
        NpgsqlConnection connection, TargetTable table, RecordLayout layout, Extra extra, IReadOnlyList<string> types,
        FileClaim claim,
        CancellationToken cancellationToken)
    {
        int[] missing = [.. extra.Fields.Where(field => table.Columns.All(c => c.Name != extra.Names[field]))];
        if (missing.Length > 0)
        {
            var columns = missing.Select(field => $"ADD COLUMN {QuotedName.Of(extra.Names[field])} {types[field]}");
            await connection.ExecuteAsync($"ALTER TABLE {table.QuotedName} {string.Join(", ", columns)}", cancellationToken);
            await DriftLedger.NoteChangeAsync(connection, claim, [.. missing.Select(field => new DriftDecision(
                DriftDecision.Added, extra.Names[field],
                $"column {extra.Names[field]} {types[field]} was added to "
                    + $"{table.QuotedName}{For(layout, field, extra.Names[field])}"))], cancellationToken);
        }

        if (!layout.IsByName || layout.Names.Any(name => name.Contains('\0'))) return;
        string[] all = [.. Enumerable.Range(0, layout.FieldCount)
            .Select(field => extra.Used.Contains(field) ? "" : extra.Names[field])];
        await HeaderMappings.ReplaceAsync(connection, table.QuotedName, new HeaderMapping(layout.Names, all), cancellationToken);
    }

    static string For(RecordLayout layout, int field, string column) =>
        field < layout.Names.Count && HeaderName.Shown(layout.Names[field]) is { Length: > 0 } shown && shown != column
            ? $" for the field {shown}" : "";

    async Task AlterAsync(TargetTable table, Func<NpgsqlConnection, Task> change, CancellationToken cancellationToken)
    {
        try
        {
            await TableAlteration.RunAsync(dataSource, table.QuotedName, change, time, cancellationToken);
        }
        catch (PostgresException failure) when (IsRefusal(failure))
        {
            throw new TargetTableException(
                $"The columns that the file needs cannot be added to {table.QuotedName} (extraColumns: add): "
                    + $"{failure.MessageText}. Add them by hand, or set extraColumns: rescue", failure);
        }
    }

    /// <summary>A statement that exceeds statement_timeout would exceed it again.</summary>
    static bool IsRefusal(PostgresException failure) => failure.SqlState == PostgresErrorCodes.QueryCanceled
        || !FailureClassifier.IsWorthWaiting(failure);

    sealed record Extra(IReadOnlyList<int> Fields, IReadOnlyList<string> Names, IReadOnlyList<int> Used);
}
