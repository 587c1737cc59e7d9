using System.Globalization;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Engine.Targets.Postgres.Computing;

/// <summary>The statements of a <see cref="ComputePlan"/>.</summary>
/// <param name="plan">The plan.</param>
sealed class ComputeSql(ComputePlan plan)
{
    const string Records = "pg_temp.ingest_record";
    const string Computed = "pg_temp.ingest_computed";

    /// <summary>Indexes of the columns of the stage: those that an expression or a lookup reads.</summary>
    public int[] Staged { get; } =
        [.. plan.Inputs.Select(i => i.Place).Concat(plan.Lookups.Select(l => l.Place)).Distinct().Order()];

    /// <summary>Creates the two temporary tables.</summary>
    public string Create(IReadOnlyList<Tables.TargetColumn> read)
    {
        var records = string.Concat(Staged.Select((place, i) => Format($", c{i + 1} {read[place].BaseTypeName}")));
        var computed = string.Concat(plan.Columns.Select((c, i) => Format($", v{i + 1} {c.Column.BaseTypeName}")));
        return $"CREATE TEMP TABLE ingest_record (n integer{records}) ON COMMIT DROP; CREATE TEMP TABLE ingest_computed (n "
            + $"integer{computed}) ON COMMIT DROP";
    }

    /// <summary>Copies records into the stage.</summary>
    public string CopyIn(string options) => $"COPY {Records} {options}";

    /// <summary>Returns, for each computed record, its number, the values, and the texts of those with rules.</summary>
    public string CopyOut(bool isBinary)
    {
        var values = string.Concat(plan.Columns.Select((_, i) => Format($", v{i + 1}")));
        var texts = string.Concat(plan.Columns.Select((c, i) => c.Rules.Count > 0 ? Format($", v{i + 1}::text") : ""));
        return $"COPY (SELECT n{values}{texts} FROM {Computed}) TO STDOUT (FORMAT "
            + $"{(isBinary ? "binary" : "text, ENCODING 'UTF8'")})";
    }

    /// <summary>Computes the records from $1 to $2.</summary>
    public string Insert() =>
        $"INSERT INTO {Computed} SELECT \"ingest.n\"{string.Concat(plan.Columns.Select(c => ", " + Cast(c)))} FROM {Named()}";

    /// <summary>Computes a single expression for the records from $1 to $2; the rows have no number.</summary>
    public string Single(int column) =>
        Format($"INSERT INTO {Computed} (v{column + 1}) SELECT {Cast(plan.Columns[column])} FROM {Named()}");

    /// <summary>Selects the records whose value is not found: number and text.</summary>
    public string Missing(ForeignLookup lookup)
    {
        var value = Format($"s.c{Array.IndexOf(Staged, lookup.Place) + 1}");
        return $"SELECT s.n, {value}::text FROM {Records} s WHERE {value} IS NOT NULL AND {NotThere(lookup, value)}";
    }

    /// <summary>The statement that the server must accept before the first record: it inserts the expression's value, with the
    /// actual types, where only one value per record is allowed.</summary>
    /// <param name="table">Quoted, qualified.</param>
    /// <param name="column">The column.</param>
    /// <param name="typeOf">The type of an input.</param>
    public string Trial(string table, ComputedColumn column, Func<ComputeInput, string> typeOf)
    {
        var names = string.Concat(
            plan.Inputs.SelectMany(i => i.Names.Select(name => $", NULL::{typeOf(i)} AS {QuotedName.Of(name)}")));
        // OFFSET prevents the evaluation of the NULLs: an expression may fail for them, and be valid for records.
        return $"INSERT INTO {table} ({QuotedName.Of(column.Column.Name)}) OVERRIDING SYSTEM VALUE SELECT "
            + $"(\n{column.Expression}\n) FROM (SELECT 1 AS \"ingest.n\"{names} OFFSET 0) r WHERE (\n{column.Expression}\n) IS "
            + "NULL OR \"ingest.n\" = 1";
    }

    /// <summary>The same for a lookup.</summary>
    public static string Trial(ForeignLookup lookup) =>
        $"SELECT 1 FROM (SELECT NULL::{lookup.Column.BaseTypeName} AS c OFFSET 0) s WHERE {NotThere(lookup, "s.c")}";

    static string NotThere(ForeignLookup lookup, string value) =>
        $"NOT EXISTS (SELECT FROM {lookup.Table} o WHERE o.{lookup.Key} = {value})";

    static string Cast(ComputedColumn column) => $"(\n{column.Expression}\n)::{column.CastType}";

    string Named()
    {
        var names = string.Concat(plan.Inputs.SelectMany(
            i => i.Names.Select(name => Format($", s.c{Array.IndexOf(Staged, i.Place) + 1} AS {QuotedName.Of(name)}"))));
        return $"(SELECT s.n AS \"ingest.n\"{names} FROM {Records} s WHERE s.n BETWEEN $1 AND $2) r";
    }

    static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
