using Npgsql;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading.Drift;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Pipelines.Metadata;
using OrleansIngest.Engine.Targets.Postgres.Computing;
using OrleansIngest.Engine.Targets.Postgres.Encoders;
using OrleansIngest.Engine.Targets.Postgres.Rows;
using OrleansIngest.Engine.Targets.Postgres.Rules;
using OrleansIngest.Engine.Targets.Postgres.Tables;
using OrleansIngest.Engine.Targets.Postgres.Values;
using OrleansIngest.Engine.Targets.Postgres.Widening;

namespace OrleansIngest.Engine.Loading;

/// <summary>Creates the plan for a header: binds names to columns, chooses encoders and rules.</summary>
static class PlanFactory
{
    /// <summary>Creates a plan; a pure function.</summary>
    /// <exception cref="HeaderException">The header does not fit the table.</exception>
    /// <exception cref="TargetTableException">A rule does not fit the table.</exception>
    public static CopyPlan Create(
        PipelineOptions options,
        TargetTable table,
        SessionSettings session,
        IReadOnlyList<StoredHeader> kept,
        string corruptTable,
        RecordLayout layout,
        DateTimeOffset now,
        ComputeTypes? types = null)
    {
        var factory = new ComputeFactory(options, table, types);
        ComputeFactory.Check(options, table);
        var metadata = MetadataOf(options, table, session);
        var rescueColumn = RescueFactory.ColumnOf(options, table);
        var binding = Bind(options, table, kept, layout);
        CheckRules(options, table, binding);
        BoundColumn[] late = layout.TakesLateFields
            ? [.. binding.Unfilled.Where(c => !c.HasDefault).Select((c, i) => new BoundColumn(c, binding.FieldCount + i))]
            : [];
        var rescue = RescueFactory.Create(options, rescueColumn, layout, binding, binding.FieldCount + late.Length);
        BoundColumn[] bound = [.. factory.Read(binding, late), .. rescue.Bound];
        var key = MergeFactory.KeyOf(options, table);
        // A NULL key matches no row: such a record would be inserted again each time.
        TargetColumn[] columns =
            [.. bound.Select(c => key.Contains(c.Column.Name) ? c.Column with { NotNull = true } : c.Column)];
        var fieldCount = binding.FieldCount + late.Length + rescue.MoreFields;
        var wider = options.TypeChanges == TypeChangePolicy.Widen ? new WiderColumns(session) : null;
        ColumnEncoder?[] encoders = [.. columns.Select(EncoderOf), .. metadata.Select(m => m.Encoder)];
        TargetColumn[] read = [.. columns, .. metadata.Select(m => m.Column)];
        RowRuleOptions[] ofFields = [.. options.Rules.Where(factory.IsRuleOfField)];
        var asText = encoders.Contains(null) || factory.NeedsText(session);
        int[] fields = [.. bound.Select(c => c.Field)];
        var compute = factory.Create(read, fields, layout, session, now, (stay, computed) => Make(
            [.. stay.Select(i => read[i]), .. computed], [.. stay.Select(_ => -1), .. computed.Select(_ => -1)],
            [.. stay.Select(i => encoders[i]), .. computed.Select(_ => new TextEncoder(serverIsUtf8: true))],
            [.. stay.Select(_ => Array.Empty<RowRule>()), .. computed.Select(_ => Array.Empty<RowRule>())], [], null));
        return Make(columns, fields, encoders[..columns.Length], [.. columns.Select(c => RowRules.For(c, ofFields, now))],
            metadata, compute);

        CopyPlan Make(
            TargetColumn[] filled, int[] from, ColumnEncoder?[] by, IReadOnlyList<RowRule>[] rules, MetadataColumn[] beside,
            ComputePlan? before) =>
            new(table.QuotedName, corruptTable, filled, from, by, rules, fieldCount, beside, asText)
            {
                Compute = before,
                Forms = rescue.Over(FormsOf(bound, fieldCount)),
                Rescue = rescue.Plan,
                Wider = wider,
                TargetName = table.QuotedName,
                LateFields = [.. late.Select(c => c.Column.Name)],
                Header = layout.IsByName ? [.. layout.Names] : null,
                MadeFor = table.Shape is { } shape ? new ShapedTable(table.WrittenName, shape) : null,
                MayDiscardRows = table.MayDiscardRows,
                MayStage = table.MayStage,
                Merge = MergeFactory.Create(options, table, [.. columns, .. metadata.Select(m => m.Column)], columns),
                IsUtf8 = session.IsUtf8,
                Note = NoteOf(binding, layout.Findings, rescue.Plan is not null),
            };

        // Value formats are options of CSV; the other formats have their own rules.
        ColumnEncoder? EncoderOf(TargetColumn column)
        {
            var encoder = ColumnEncoders.For(column, session);
            if (wider is not null && encoder is not null && column.Number > 0 && !options.Compute.ContainsKey(column.Name))
                encoder = new WideningEncoder(encoder, column, wider);
            return layout is CsvLayout ? ValueReadings.Over(encoder, column.BaseTypeOid, options.Csv.ValuesOf(column.Name))
                : encoder;
        }
    }

    /// <summary>Binds fields to columns.</summary>
    /// <exception cref="HeaderException">The header does not fit the table.</exception>
    /// <exception cref="TargetTableException">The table lacks the column for rescued fields.</exception>
    public static HeaderBinding Bind(PipelineOptions options, TargetTable table, IReadOnlyList<StoredHeader> kept,
        RecordLayout layout)
    {
        var policies = new ComputeFactory(options, table,
            types: null).Over(HeaderBindingOptions.Of(options) with { Kept = kept });
        var rescueColumn = RescueFactory.ColumnOf(options, table);
        var filled =
            table with { Columns = [.. table.Columns.Where(c => c != rescueColumn && !options.Metadata.ContainsKey(c.Name))] };
        var result = layout.IsByName
            ? HeaderBinding.ByName(filled, layout.Names, policies)
            : HeaderBinding.ByPosition(filled, layout.FieldCount, policies);
        if (layout.IsByName && options.Metadata.Keys.FirstOrDefault(
            m => layout.Names.Any(n => HeaderName.Key(n) == HeaderName.Key(m))) is { } twice)
        {
            throw new HeaderException(
                $"the header has \"{twice}\", a column that the pipeline's metadata fills; rename the metadata column, or "
                    + "remove one of the two");
        }

        return result.IsBound ? result.Binding : throw new HeaderException(result.Failure + layout.Hint());
    }

    /// <summary>Creates a plan; if it has expressions, with the types that the server determines for them.</summary>
    /// <exception cref="HeaderException">The header does not fit the table, or an expression refers to names that the file does
    /// not have.</exception>
    /// <exception cref="TargetTableException">A rule does not fit the table, or the server refuses an expression.</exception>
    public static async Task<CopyPlan> SettledAsync(
        PipelineOptions options,
        TargetTable table,
        SessionSettings session,
        IReadOnlyList<StoredHeader> kept,
        string corruptTable,
        RecordLayout layout,
        DateTimeOffset now,
        NpgsqlConnection connection,
        CancellationToken cancellationToken)
    {
        var plan = Create(options, table, session, kept, corruptTable, layout, now);
        if (plan.Compute is null) return plan;
        try
        {
            var types = await ComputeCheck.SettleAsync(connection, plan, cancellationToken);
            return Create(options, table, session, kept, corruptTable, layout, now, types);
        }
        catch (ComputeException failure)
        {
            throw failure.IsOfTheFile ? new HeaderException(failure.Message) : new TargetTableException(failure.Message);
        }
    }

    static MetadataColumn[] MetadataOf(PipelineOptions options, TargetTable table, SessionSettings session)
    {
        return [.. options.Metadata.Select(m => Of(m.Key, m.Value))];

        MetadataColumn Of(string name, string template)
        {
            var column = table.Columns.FirstOrDefault(c => c.Name == name)
                ?? throw new TargetTableException(
                    $"{options.Table} has no column \"{name}\", which the pipeline's metadata fills");
            if (column.IsGenerated)
                throw new TargetTableException($"column \"{name}\" of {options.Table} is generated: metadata cannot fill it");
            return new MetadataColumn(column, ColumnEncoders.For(column, session), MetadataTemplate.Parse(template));
        }
    }

    /// <summary>The form of each field, by the type of its column.</summary>
    static FieldForm[] FormsOf(IReadOnlyList<BoundColumn> columns, int fieldCount)
    {
        var forms = new FieldForm[fieldCount];
        Array.Fill(forms, FieldForm.Unused);
        foreach (var (column, field) in columns)
        {
            if (field >= fieldCount) continue; // the object of rescued fields
            forms[field] = column.BaseTypeOid switch
            {
                114 or 3802 => FieldForm.Json,
                17 => FieldForm.Bytes,
                _ => column.BaseTypeName.EndsWith("[]", StringComparison.Ordinal) ? FieldForm.Array : FieldForm.Text,
            };
        }

        return forms;
    }

    /// <summary>The note of a file: findings, fields without a column, and columns that stay NULL. A column that takes its
    /// default, such as a serial number or the time of loading, is usually not in the file, so it is listed only together with
    /// one of these.</summary>
    static ColumnsNote? NoteOf(HeaderBinding binding, IReadOnlyList<string> findings, bool rescues)
    {
        LeftOutField[] extra = [.. binding.Unmapped.Select(f => new LeftOutField(f.Field + 1, f.Name, f.Near))];
        var note = new ColumnsNote
        {
            LeftOut = rescues ? [] : extra,
            Rescued = rescues && extra.Length > 0 ? extra : null,
            Unfilled = [.. binding.Unfilled.Where(c => !c.HasDefault).Select(c => c.Name)],
            Findings = findings.Count == 0 ? null : findings,
            Defaulted = [.. binding.Unfilled.Where(c => c.HasDefault).Select(c => c.Name)],
        };
        return findings.Count + extra.Length + note.Unfilled.Count > 0 ? note : null;
    }

    /// <summary>A rule that requires a value needs its column in the file; a rule on a column that the table lacks is an
    /// error.</summary>
    static void CheckRules(PipelineOptions options, TargetTable table, HeaderBinding binding)
    {
        PipelineTable.CheckRules(options, table);
        foreach (var rule in options.Rules)
        {
            if (rule is RequiredRule && !options.Compute.ContainsKey(rule.Column)
                && binding.Columns.All(c => c.Column.Name != rule.Column))
            {
                throw new HeaderException(
                    $"the header lacks \"{rule.Column}\", which the pipeline requires; it has: "
                        + $"{string.Join(", ", binding.Columns.Select(c => c.Column.Name))}");
            }
        }
    }
}
