using System.Globalization;
using System.Text;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>The statement that reads a sample of a table's rows. It contains no text from a caller: names are those of the
/// catalogue, quoted.</summary>
/// <param name="Sql">Its first columns are the row's location, file, path, line and record; the values follow.</param>
/// <param name="Order">See <see cref="TableSample"/>.</param>
sealed record SampleQuery(string Sql, string Order)
{
    /// <summary>Number of columns before the values.</summary>
    public const int Facts = 5;

    /// <summary>Number of last pages of a table to read, and of rows per page to look for: a page of 8 KiB has at most 291, one
    /// of 32 KiB four times as many.</summary>
    const int LastPages = 40, RowsOfPage = 1170;

    const int LongestPath = 4096;

    /// <summary>Builds the statement.</summary>
    /// <param name="table">The table.</param>
    /// <param name="columns">The columns to show.</param>
    /// <param name="origin">The columns that store the row's origin, as far as the table has them.</param>
    /// <param name="fileId">Only rows of this file.</param>
    /// <param name="path">Whether its path is a parameter, because the table stores no other origin.</param>
    /// <param name="limit">Maximum number of rows.</param>
    /// <param name="characters">Maximum number of characters of a value.</param>
    public static SampleQuery Of(
        SampledTable table, IReadOnlyList<SampledTable.Column> columns, OriginColumns origin, long? fileId, bool path, int limit,
        int characters)
    {
        var file = table.Find(origin.FileId);
        var place = table.Find(origin.Record) ?? table.Find(origin.Line);
        var sql = new StringBuilder("SELECT ");
        sql.Append(table.HasPlaces ? "r.tableoid::bigint || ':' || r.ctid::text" : "NULL::text");
        sql.Append(CultureInfo.InvariantCulture,
            $", {Text(file)}, {Text(table.Find(origin.Path))}, {Text(table.Find(origin.Line))}, "
                + $"{Text(table.Find(origin.Record))}");
        foreach (var column in columns) sql.Append(CultureInfo.InvariantCulture, $", {column.Beginning(characters)}");
        sql.Append(CultureInfo.InvariantCulture, $" FROM {table.FullName} r ");
        var order = "any";
        if (fileId is { } id)
        {
            // The number as a literal, so that an index on a column of any type is used.
            sql.Append(file is not null
                ? string.Create(CultureInfo.InvariantCulture, $"WHERE {file.Sql} = '{id}'")
                : path ? $"WHERE {table.Find(origin.Path)!.Sql} = $1" : "WHERE false");
            if (place is not null) sql.Append(CultureInfo.InvariantCulture, $" ORDER BY {place.Sql}");
            order = "file";
        }
        else if (file is { IsIndexed: true })
        {
            sql.Append(CultureInfo.InvariantCulture, $"ORDER BY {file.Sql} DESC NULLS LAST");
            order = "newestFiles";
        }
        else if (table.Pages > 0)
        {
            sql.Append(CultureInfo.InvariantCulture,
                $"""
                WHERE r.ctid = ANY (ARRAY(SELECT format('(%s,%s)', p, i)::tid
                    FROM generate_series({Math.Max(0, table.Pages - LastPages)}, {table.Pages - 1}) p,
                        generate_series(1, {RowsOfPage}) i))
                ORDER BY {(file is null ? "" : $"{file.Sql} DESC NULLS LAST, ")}r.ctid DESC
                """);
            order = "tableEnd";
        }

        sql.Append(CultureInfo.InvariantCulture, $" LIMIT {limit}");
        return new SampleQuery(sql.ToString(), order);
    }

    static string Text(SampledTable.Column? column) => column?.Beginning(LongestPath) ?? "NULL::text";
}
