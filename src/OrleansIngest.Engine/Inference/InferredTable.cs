using System.Text;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Inference;

/// <summary>A table inferred from a file.</summary>
public sealed record InferredTable
{
    /// <summary>In the file's order.</summary>
    public required IReadOnlyList<InferredColumn> Columns { get; init; }

    /// <summary>The file's dialect: given, or detected.</summary>
    public required CsvOptions Csv { get; init; }

    /// <summary>Whether fields have names.</summary>
    public required bool HasNames { get; init; }

    /// <summary>Whether the format defines the types of values; otherwise types are inferred from
    /// the texts. Default: false.</summary>
    public bool SaysTypes { get; init; }

    /// <summary>Unusual properties of the file that were detected, human-readable, each a part of a sentence.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    /// <summary>Number of records sampled.</summary>
    public required long Records { get; init; }

    /// <summary>How many of these were ignored because their quotes or their number of fields are wrong.</summary>
    public required long Unusable { get; init; }

    /// <summary>The statement that creates it.</summary>
    /// <param name="table"><c>table</c> or <c>schema.table</c>, not quoted.</param>
    public string CreateTable(string table) => CreateTable(table.Split('.', 2));

    /// <summary>The same for a name in parts.</summary>
    /// <param name="table">The name, or schema and name; not quoted.</param>
    internal string CreateTable(IReadOnlyList<string> table)
    {
        var sql = new StringBuilder($"CREATE TABLE {string.Join('.', table.Select(SqlName.Quote))} (\n");
        var width = Columns.Max(column => SqlName.Quote(column.Name).Length);
        for (var i = 0; i < Columns.Count; i++)
        {
            var name = SqlName.Quote(Columns[i].Name).PadRight(width);
            var note = Columns[i].Note is { } text ? $" -- {text.ReplaceLineEndings(" ")}" : "";
            sql.Append($"    {name} {Columns[i].SqlType}{(i < Columns.Count - 1 ? "," : "")}{note}\n");
        }

        return sql.Append(");").ToString();
    }

    /// <summary>The pipeline that loads such files.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="watch">The directory.</param>
    /// <param name="table">As in <see cref="CreateTable(string)"/>.</param>
    public PipelineOptions ToPipeline(string name, string watch, string table) => new()
    {
        Name = name,
        Watch = [watch],
        Table = string.Join('.', table.Split('.', 2).Select(SqlName.Quote)),
        Csv = Csv,
        Columns = HasNames ? Mapping() : [],
    };

    /// <summary>The <c>columns</c> that the pipeline needs: names that differ from their column's, and fields without a name by
    /// position.</summary>
    Dictionary<string, string> Mapping()
    {
        var mapping = new Dictionary<string, string>(StringComparer.Ordinal);
        var keys = Columns.Select(column => HeaderName.Key(column.Header)).ToArray();
        var counts = keys.CountBy(key => key).ToDictionary(StringComparer.Ordinal);
        for (var i = 0; i < Columns.Count; i++)
        {
            if (keys[i].Length == 0 || counts[keys[i]] > 1 || FieldKey.Read(Columns[i].Header) is not null)
                mapping.Add(FieldKey.Of(i), Columns[i].Name);
            else if (keys[i] != HeaderName.Key(Columns[i].Name))
                mapping.Add(HeaderName.Visible(Columns[i].Header), Columns[i].Name);
        }

        return mapping;
    }
}
