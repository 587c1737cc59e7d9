using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Targets.Postgres.Computing;
using OrleansIngest.Engine.Targets.Postgres.Encoders;
using OrleansIngest.Engine.Targets.Postgres.Rules;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>The mapping of a file's fields to a row of its table, determined once from the header and the catalog.</summary>
public sealed class CopyPlan
{
    /// <param name="table">Quoted, qualified name of the table.</param>
    /// <param name="corruptTable">Quoted, qualified name of the table for rejected records.</param>
    /// <param name="columns">The columns that the file fills, in the order of the COPY statement.</param>
    /// <param name="fields">For each column, the 0-based field of the record.</param>
    /// <param name="encoders">For each column, its encoder; a null makes the whole plan use COPY's text format.</param>
    /// <param name="rules">For each column, its rules.</param>
    /// <param name="fieldCount">Number of fields that each record must have.</param>
    /// <param name="metadata">Columns after these that no field fills. Default: none.</param>
    /// <param name="asText">Whether rows are sent as text although each column has an encoder. Default: false.</param>
    public CopyPlan(
        string table,
        string corruptTable,
        IReadOnlyList<TargetColumn> columns,
        IReadOnlyList<int> fields,
        IReadOnlyList<ColumnEncoder?> encoders,
        IReadOnlyList<IReadOnlyList<RowRule>> rules,
        int fieldCount,
        IReadOnlyList<MetadataColumn>? metadata = null,
        bool asText = false)
    {
        Table = table;
        CorruptTable = corruptTable;
        Metadata = metadata ?? [];
        Columns = [.. columns, .. Metadata.Select(m => m.Column)];
        Fields = [.. fields];
        Encoders = [.. encoders, .. Metadata.Select(m => m.Encoder)];
        Rules = [.. rules.Select(r => r.ToArray())];
        FieldCount = fieldCount;
        IsBinary = !asText && !Encoders.Contains(null);
        RefusesNull = [.. columns.Select(c => c.NotNull)];
        Required = [.. rules.Select(r => r.Any(rule => rule.RequiresValue))];
        HotColumns = IsBinary
            ? [.. columns.Select((_, i) => new HotColumn(Fields[i], Encoders[i]!, [.. Rules[i].Where(r => !r.RequiresValue)],
                Required[i], RefusesNull[i]))]
            : [];
        var names = string.Join(", ", Columns.Select(c => QuotedName.Of(c.Name)));
        CopyOptions = $"FROM STDIN (FORMAT {(IsBinary ? "binary" : "text, ENCODING 'UTF8'")})";
        CopyStatement = $"COPY {table} ({names}) {CopyOptions}";
    }

    /// <summary>Quoted, qualified name.</summary>
    public string Table { get; }

    /// <summary>Quoted, qualified name.</summary>
    public string CorruptTable { get; }

    /// <summary>The final table of the rows: quoted, qualified name. Default: <see cref="Table"/>.</summary>
    internal string TargetName { get => field ?? Table; init; }

    /// <summary>The statement that copies batches of this plan.</summary>
    public string CopyStatement { get; }

    /// <summary>The key of batches that can be sent to the table together.</summary>
    internal string DeliveryKey => field ??= Merge is null ? CopyStatement : $"{CopyStatement} {Merge.Statement("1", "1")}";

    /// <summary>Whether rows are encoded as PGCOPY binary; otherwise as COPY's text format.</summary>
    public bool IsBinary { get; }

    /// <summary>Number of fields that each record must have.</summary>
    public int FieldCount { get; }

    /// <summary>The header's names as read; null for files without one. Default: null.</summary>
    public IReadOnlyList<string>? Header { get; init; }

    /// <summary>For each field of a record, the form that its column takes. Default: empty, texts.</summary>
    internal IReadOnlyList<FieldForm> Forms { get; init; } = [];

    /// <summary>The names of the fields after those of the layout: see
    /// <see cref="RecordLayout.TakesLateFields"/>. Default: empty.</summary>
    internal IReadOnlyList<string> LateFields { get; init; } = [];

    /// <summary>The table, whose shape must still be the same in the transaction that commits the rows. Null if they are not
    /// committed, or if their reader checks it. Default: null.</summary>
    public ShapedTable? MadeFor { get; init; }

    /// <summary>How rows are merged into a table that may have their keys; null for rows that are
    /// only added. Default: null.</summary>
    public MergePlan? Merge { get; init; }

    /// <summary>How fields without a column are stored; null if they are not stored. Default: null.</summary>
    internal RescuePlan? Rescue { get; init; }

    /// <summary>Collects the columns that would have to be wider; null if they may not be widened. Default: null.</summary>
    internal WiderColumns? Wider { get; init; }

    /// <summary>The server's processing of records before they become rows; null for none. Default: null.</summary>
    internal ComputePlan? Compute { get; init; }

    /// <summary>Whether a trigger of the table may discard rows, so that only the server knows how many were
    /// inserted. Default: false.</summary>
    public bool MayDiscardRows { get; init; }

    /// <summary>Whether rows may go through a temporary table: see <see cref="TargetTable.MayStage"/>. Default: false.</summary>
    public bool MayStage { get; init; }

    /// <summary>Whether the database stores text as UTF-8. Default: true.</summary>
    public bool IsUtf8 { get; init; } = true;

    /// <summary>The end of every COPY of this plan, after table and columns.</summary>
    internal string CopyOptions { get; }

    /// <summary>Differences between the columns of file and table; null if there are none. Default: null.</summary>
    public ColumnsNote? Note { get; init; }

    /// <summary>Columns that no field fills: the last of <see cref="Columns"/>.</summary>
    internal IReadOnlyList<MetadataColumn> Metadata { get; }

    internal TargetColumn[] Columns { get; }

    internal int[] Fields { get; }

    internal ColumnEncoder?[] Encoders { get; }

    internal RowRule[][] Rules { get; }

    /// <summary>The same by column, without rules that <see cref="HotColumn.IsRequired"/> already covers; for a binary plan
    /// only.</summary>
    internal HotColumn[] HotColumns { get; }

    internal bool[] RefusesNull { get; }

    internal bool[] Required { get; }

    /// <summary>The same plan with the positions of records appended to each row, for a table without
    /// constraints, triggers and defaults.</summary>
    /// <param name="table">Quoted, qualified name.</param>
    /// <param name="places">The columns for a record's position.</param>
    internal CopyPlan Into(string table, IReadOnlyList<MetadataColumn> places)
    {
        var (columns, encoders) = (Columns[..Fields.Length], Encoders[..Fields.Length]);
        return new CopyPlan(table, CorruptTable, columns, Fields, encoders, Rules, FieldCount, [.. Metadata, .. places])
        {
            Header = Header,
            Forms = Forms,
            LateFields = LateFields,
            TargetName = TargetName,
            Rescue = Rescue,
            Wider = Wider,
            MadeFor = MadeFor,
            MayStage = MayStage,
            IsUtf8 = IsUtf8,
            Note = Note,
        };
    }

    /// <summary>The maximum size of a row for a record with this many bytes: each value's length and the encoder's slack, doubled
    /// for text escapes, plus the length words.</summary>
    internal int MaxRowBytes(int recordBytes) => 2 * recordBytes + Columns.Length * (4 + ColumnEncoder.Slack) + 2;
}
