using System.Globalization;
using System.Text;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>The statement that reads a sample of a table's rows. It contains no text from a caller: names are those of the
/// catalogue, quoted.</summary>
/// <param name="Sql">Its first columns are the row's location, file, path, line and record; the values follow.</param>
/// <param name="Order">See <see cref="TableSample"/>.</param>
/// <param name="Parameters">Of the statement.</param>
sealed record SampleQuery(string Sql, string Order, IReadOnlyList<object> Parameters)
{
    /// <summary>Number of columns before the values.</summary>
    public const int Facts = 5;

    /// <summary>Number of last pages of a table to read, and of rows per page to look for: a page of 8 KiB has at most 291, one
    /// of 32 KiB four times as many.</summary>
    const int LastPages = 40, RowsOfPage = 1170;

    const int LongestPath = 4096;

    /// <summary>Pages of a table without an index that are read as a whole to find the rows of its newest files: 512 MiB, in
    /// pages of 8 KiB.</summary>
    const long MostScanned = 65_536;

    /// <summary>The rows of the files that were loaded last; null if the table does not store the file of a row, or is too large
    /// to be searched without an index.</summary>
    /// <param name="table">The table.</param>
    /// <param name="columns">The columns to show.</param>
    /// <param name="origin">As for <see cref="Of"/>.</param>
    /// <param name="newest">The files.</param>
    /// <param name="limit">Maximum number of rows of a file, and of all.</param>
    /// <param name="characters">As for <see cref="Of"/>.</param>
    public static SampleQuery? OfNewest(
        SampledTable table, IReadOnlyList<SampledTable.Column> columns, OriginColumns origin, NewestLoads newest, int limit,
        int characters)
    {
        var file = table.Find(origin.FileId);
        if ((file ?? table.Find(origin.Path)) is not { } key || !table.HasPlaces || newest.Loads.Count == 0) return null;
        if (!key.IsIndexed && table.AllPages > MostScanned) return null;
        var (record, line) = (table.Find(origin.Record), table.Find(origin.Line));
        var place = record ?? line;
        string Key(NewestLoads.Load load) =>
            file is null ? load.Path : load.FileId.ToString(CultureInfo.InvariantCulture);
        string? Place(NewestLoads.Load load) => (place is null ? null : record is null ? load.Line : load.Record)
            ?.ToString(CultureInfo.InvariantCulture);
        (string Key, string? Place)[] wanted = [.. newest.Loads.Select(load => (Key(load), Place(load))).Distinct()];
        var keys = $"unnest($1::text[]::{key.Type}[], $2::text[]::{place?.Type ?? "text"}[]) WITH ORDINALITY n "
            + "(key, place, rank)";
        var matches = $"{key.Sql} = n.key{(place is null ? "" : $" AND (n.place IS NULL OR {place.Sql} = n.place)")}";
        var values = Values(table, columns, origin, characters);
        var sorted = $"{(place is null ? "" : $"{place.Sql} DESC NULLS LAST, ")}r.ctid DESC";
        // With an index each file is looked up by itself, so that a large one costs no more than a small one. Without one, the
        // table is read once. A replayed row may be found twice: by its record and by its file.
        var sql = key.IsIndexed
            ? $"""
                SELECT s.* FROM {keys} CROSS JOIN LATERAL (
                    SELECT {values}, {place?.Sql ?? "NULL::text"} AS sample_place, r.ctid AS sample_ctid FROM {table.FullName} r
                    WHERE {matches} {(newest.CanSort ? $"ORDER BY {sorted}" : "")} LIMIT {limit}) s
                ORDER BY n.rank, s.sample_place DESC NULLS LAST, s.sample_ctid DESC LIMIT {2 * limit}
                """
            : $"SELECT {values} FROM {table.FullName} r JOIN {keys} ON {matches} ORDER BY n.rank, {sorted} LIMIT {2 * limit}";
        return new SampleQuery(sql, "newestFiles",
            [wanted.Select(w => w.Key).ToArray(), wanted.Select(w => w.Place).ToArray()]);
    }

    /// <summary>The rows of a file, or any rows.</summary>
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
        var sql = new StringBuilder($"SELECT {Values(table, columns, origin, characters)} FROM {table.FullName} r ");
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
        else if (table.Pages > 0)
        {
            sql.Append(CultureInfo.InvariantCulture,
                $"""
                WHERE r.ctid = ANY (ARRAY(SELECT format('(%s,%s)', p, i)::tid
                    FROM generate_series({Math.Max(0, table.Pages - LastPages)}, {table.Pages - 1}) p,
                        generate_series(1, {RowsOfPage}) i))
                ORDER BY r.ctid DESC
                """);
            order = "tableEnd";
        }

        sql.Append(CultureInfo.InvariantCulture, $" LIMIT {limit}");
        return new SampleQuery(sql.ToString(), order, []);
    }

    /// <summary>What is read of each row: <see cref="Facts"/>, then its values.</summary>
    static string Values(
        SampledTable table, IReadOnlyList<SampledTable.Column> columns, OriginColumns origin, int characters) =>
        string.Join(", ",
        [
            table.HasPlaces ? "r.tableoid::bigint || ':' || r.ctid::text" : "NULL::text",
            Text(table.Find(origin.FileId)), Text(table.Find(origin.Path)), Text(table.Find(origin.Line)),
            Text(table.Find(origin.Record)), .. columns.Select(column => column.Beginning(characters)),
        ]);

    static string Text(SampledTable.Column? column) => column?.Beginning(LongestPath) ?? "NULL::text";
}
