using Npgsql;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Inference;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Examination;

/// <summary>A statement, and options that have to be set after it.</summary>
/// <param name="Sql">On one line, except for CREATE TABLE.</param>
/// <param name="Options">Empty for none.</param>
sealed record SqlRemedy(string Sql, IReadOnlyList<OptionSetting> Options);

/// <summary>Statements that would make the table match the file. They are never executed: the table belongs to its
/// owner.</summary>
/// <param name="file">The file.</param>
/// <param name="archive">The archive that it is in; null for none.</param>
/// <param name="trials">Tries options.</param>
/// <param name="renamed">Columns that the header may name differently.</param>
/// <param name="connection">Open.</param>
sealed class SqlRemedies(
    FileRow file, FileRow? archive, RemedyTrial trials, RenamedColumns renamed, NpgsqlConnection connection)
{
    /// <summary>The statements for the failure.</summary>
    public async Task<IReadOnlyList<SqlRemedy>> FindAsync(Trial failed, CancellationToken cancellationToken) =>
        failed.Fault switch
        {
            TrialFault.NoTable => Create(failed.Options) is { } create ? [new SqlRemedy(create, [])] : [],
            TrialFault.Table =>
                await GrantAsync(failed.Options, cancellationToken) is { } grant ? [new SqlRemedy(grant, [])] : [],
            TrialFault.Header when failed is { Table: { } table, Layout: { } layout } =>
                await AlterAsync(failed, table, layout, cancellationToken) is { } alter ? [alter] : [],
            _ => [],
        };

    string? Create(PipelineOptions options)
    {
        try
        {
            using var found = FoundInput.Open(file, archive, options);
            if (found.Input is not { } input) return null;
            var naming = new ColumnNaming { Given = options.Columns };
            var inferred = TableInference.Read(input, "the file", options, FileExaminer.SampledRecords, naming);
            return NewTable.Of(inferred, options).Sql;
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException)
        {
            return null;
        }
    }

    async Task<string?> GrantAsync(PipelineOptions options, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT format('GRANT INSERT, SELECT ON %s TO %I;', t.oid::regclass, current_user)
            FROM (SELECT to_regclass($1) AS oid) t
            WHERE t.oid IS NOT NULL AND NOT has_table_privilege(t.oid, 'INSERT')
            """, connection)
        { Parameters = { new() { Value = options.Table } } };
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    /// <summary>One statement that makes the table match, with the options without which the file would be quarantined again.
    /// The first records are tried on the table as it would be.</summary>
    async Task<SqlRemedy?> AlterAsync(
        Trial failed, TargetTable table, RecordLayout layout, CancellationToken cancellationToken)
    {
        // A renamed column needs a mapping: to make it optional would lose its values.
        IReadOnlyList<OptionSetting> mapping = renamed.Find().FirstOrDefault() ?? [];
        OptionSetting optional = new("missingColumns", "\"allowOptional\"");
        var addsColumns = failed.Options.ExtraColumns == ExtraColumnPolicy.Quarantine;
        OptionSetting[] lenient = addsColumns
            ? [.. mapping, optional, new("extraColumns", "\"ignore\"")]
            : [.. mapping, optional];
        if (OptionChange.Apply(failed.Options, lenient) is not { } options
            || await BindAsync(options, Relaxed(table, _ => true), layout, cancellationToken) is not { } binding) return null;
        var unfilled = binding.Unfilled.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        var required = table.Columns.Where(c => unfilled.Contains(c.Name) && c is { NotNull: true, HasDefault: false })
            .Select(c => c.Name).ToArray();
        if (required.Length > 0
            && required.Except((await RelaxableAsync(table, cancellationToken)).Except(options.Key)).Any()) return null;
        string[] changes =
        [
            .. addsColumns && binding.Unmapped.Count > 0 ? AddColumns(table, layout, binding, options) : [],
            .. required.Select(c => $"ALTER COLUMN {SqlName.Quote(c)} DROP NOT NULL"),
        ];
        if (changes.Length == 0
            || !await trials.IsLoadableAsync(options, t => Relaxed(t, required.Contains), cancellationToken)) return null;
        var allowsMissing = failed.Options.MissingColumns == MissingColumnPolicy.Quarantine && unfilled.Count > 0;
        return new SqlRemedy(Alter(table, changes), allowsMissing ? [.. mapping, optional] : mapping);
    }

    async Task<HeaderBinding?> BindAsync(
        PipelineOptions options, TargetTable table, RecordLayout layout, CancellationToken cancellationToken)
    {
        try
        {
            return PlanFactory.Bind(options, table, await StoredHeaders.ReadAsync(connection, table, cancellationToken), layout);
        }
        catch (Exception failure) when (failure is HeaderException or TargetTableException)
        {
            return null;
        }
    }

    static TargetTable Relaxed(TargetTable table, Func<string, bool> isOptional) =>
        table with { Columns = [.. table.Columns.Select(c => c with { NotNull = c.NotNull && !isOptional(c.Name) })] };

    /// <summary>The columns that DROP NOT NULL would make optional: not those of the primary key, nor of a domain that refuses
    /// NULL.</summary>
    async Task<List<string>> RelaxableAsync(TargetTable table, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT a.attname FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
            WHERE a.attrelid = $1 AND a.attnum > 0 AND a.attnotnull AND NOT t.typnotnull
                AND NOT EXISTS (SELECT FROM pg_index i
                    WHERE i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = ANY (i.indkey))
            """, connection)
        { Parameters = { new() { Value = table.Oid, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Oid } } };
        return await command.ReadAllAsync(r => r.GetString(0), cancellationToken);
    }

    IEnumerable<string> AddColumns(TargetTable table, RecordLayout layout, HeaderBinding binding, PipelineOptions options)
    {
        using var found = FoundInput.Open(file, archive, options);
        if (found.Input is not { } input) return [];
        var filled = binding.Columns.ToDictionary(c => c.Field, c => c.Column.Name);
        // Named as in the file, so that its header matches them without a mapping.
        var others = table.Columns.Select(c => c.Name).Except(filled.Values);
        var names = ColumnNames.Choose(layout.Names, layout.FieldCount, keepNames: true,
            f => filled.GetValueOrDefault(f), others);
        var types = TableInference.TypesOf(input, layout, options.Csv, names, FileExaminer.SampledRecords);
        return [.. binding.Unmapped.Select(i => $"ADD COLUMN {SqlName.Quote(names[i.Field])} {types[i.Field]}")];
    }

    static string Alter(TargetTable table, IEnumerable<string> changes) =>
        $"ALTER TABLE {table.QuotedName} {string.Join(", ", changes)};";
}
