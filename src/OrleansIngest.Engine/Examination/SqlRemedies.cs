using Npgsql;
using OrleansIngest.Engine.Inference;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Examination;

/// <summary>Statements that would make the table match the file. They are never executed: the table belongs to its
/// owner.</summary>
/// <param name="file">The file.</param>
/// <param name="archive">The archive that it is in; null for none.</param>
/// <param name="run">Tries options.</param>
/// <param name="connection">Open.</param>
sealed class SqlRemedies(FileRow file, FileRow? archive, TrialRun run, NpgsqlConnection connection)
{
    /// <summary>Records that types are inferred from.</summary>
    const long SampledRecords = 10_000;

    /// <summary>The statements for the failure.</summary>
    public async Task<IReadOnlyList<string>> FindAsync(Trial failed, CancellationToken cancellationToken) => failed.Fault switch
    {
        TrialFault.NoTable => Create(failed.Options) is { } create ? [create] : [],
        TrialFault.Table => await GrantAsync(failed.Options, cancellationToken) is { } grant ? [grant] : [],
        TrialFault.Header => await AlterAsync(failed, cancellationToken),
        _ => [],
    };

    string? Create(PipelineOptions options)
    {
        try
        {
            using var found = FoundInput.Open(file, archive, options);
            if (found.Input is not { } input) return null;
            var naming = new ColumnNaming { Given = options.Columns };
            var inferred = TableInference.Read(input, "the file", options, SampledRecords, naming);
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

    async Task<IReadOnlyList<string>> AlterAsync(Trial failed, CancellationToken cancellationToken)
    {
        if (failed.Table is not { } table || failed.Layout is null) return [];
        var sql = new List<string>();
        if (failed.Options.ExtraColumns == ExtraColumnPolicy.Quarantine
            && await AddColumnsAsync(failed, table, cancellationToken) is { } add) sql.Add(add);
        // Columns that need a value but have no field, if the file belongs to this table at all.
        var pairs = ColumnPairing.Of(failed.Options, table, failed.Layout, null).Pairs;
        var needed = pairs.Where(p => p.State == ColumnState.Missing).Select(p => p.Column!).ToArray();
        if (needed.Length > 0 && pairs.Any(p => p.State == ColumnState.Filled))
            sql.Add(Alter(table, needed.Select(c => $"ALTER COLUMN {SqlName.Quote(c)} DROP NOT NULL")));
        return sql;
    }

    async Task<string?> AddColumnsAsync(Trial failed, TargetTable table, CancellationToken cancellationToken)
    {
        if (OptionChange.Apply(failed.Options, [new OptionSetting("extraColumns", "\"ignore\"")]) is not { } lenient) return null;
        var trial = await run.RunAsync(lenient, cancellationToken);
        if (trial is not { Fault: TrialFault.None, Binding: { } binding, Layout: { } layout }) return null;
        using var found = FoundInput.Open(file, archive, lenient);
        if (found.Input is not { } input) return null;
        var filled = binding.Columns.ToDictionary(c => c.Field, c => c.Column.Name);
        // Named as in the file, so that its header matches them without a mapping.
        var others = table.Columns.Select(c => c.Name).Except(filled.Values);
        var names = ColumnNames.Choose(layout.Names, layout.FieldCount, keepNames: true,
            f => filled.GetValueOrDefault(f), others);
        var types = TableInference.TypesOf(input, layout, lenient.Csv, names, SampledRecords);
        return Alter(table, binding.Unmapped.Select(i => $"ADD COLUMN {SqlName.Quote(names[i.Field])} {types[i.Field]}"));
    }

    static string Alter(TargetTable table, IEnumerable<string> changes) =>
        $"ALTER TABLE {table.QuotedName} {string.Join(", ", changes)};";
}
