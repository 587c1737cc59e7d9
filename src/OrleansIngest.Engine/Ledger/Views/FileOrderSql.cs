using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>A sort order of files as SQL, and the conditions by which a page continues after a row.</summary>
sealed class FileOrderSql
{
    readonly string _value;
    readonly NpgsqlDbType _type;
    readonly bool _mayBeNull;
    readonly bool _descending;
    readonly bool _byIdOnly;

    /// <summary>Whether nearly all values are 0: then an index contains only the others, and those with 0 are in the order of
    /// their keys.</summary>
    bool IsMostlyZero { get; init; }

    FileOrderSql(string value, NpgsqlDbType type, bool mayBeNull, bool descending, bool byIdOnly) =>
        (_value, _type, _mayBeNull, _descending, _byIdOnly) = (value, type, mayBeNull, descending, byIdOnly);

    /// <summary>The sort value for the cursor, as text that is exact when it is parsed.</summary>
    public string ValueAsText => _byIdOnly ? "NULL::text" : $"({_value})::text";

    /// <summary>The sort value, of <c>ingest.file f</c>.</summary>
    public string Value => _value;

    public string Direction => _descending ? "DESC" : "ASC";

    string Beyond => _descending ? "<" : ">";

    public static FileOrderSql Of(FileFilter filter) => filter.Sort switch
    {
        FileSort.Path => new("f.path", NpgsqlDbType.Text, false, filter.Descending, false),
        FileSort.Size => new("f.size", NpgsqlDbType.Bigint, false, filter.Descending, false),
        FileSort.Mtime => new("f.mtime_ns", NpgsqlDbType.Bigint, false, filter.Descending, false),
        FileSort.FinishedAt => new("f.finished_at", NpgsqlDbType.TimestampTz, true, filter.Descending, false),
        FileSort.Rows => new("f.rows_loaded", NpgsqlDbType.Bigint, false, filter.Descending, false),
        FileSort.Rejected => new("f.rows_rejected", NpgsqlDbType.Bigint, false, filter.Descending, false) { IsMostlyZero = true },
        FileSort.DurationMs => new(FileRowSql.Took, NpgsqlDbType.Interval, true, filter.Descending, false),
        _ => new("f.file_id", NpgsqlDbType.Bigint, false, filter.Descending, true),
    };

    /// <summary>The remaining parts of the list: rows with a value, then rows without one.</summary>
    public IEnumerable<Part> Parts(PageCursor? after)
    {
        if (_byIdOnly)
        {
            yield return new Part(after is { } last ? p => $"f.file_id {Beyond} {Add(p, last.Id, NpgsqlDbType.Bigint)}" : null,
                $"f.file_id {Direction}");
            yield break;
        }

        var orderByValue = $"{_value} {Direction}, f.file_id {Direction}";
        if (IsMostlyZero)
        {
            var isInZeros = after is { Value: "0" };
            Part? others = isInZeros && _descending ? null : new(
                p => after is null || isInZeros ? $"{_value} > 0" : $"{_value} > 0 AND {AfterValue(p, after.Value)}",
                orderByValue);
            Part? zeros = after is not null && !isInZeros && !_descending ? null : new(
                p => isInZeros ? $"{_value} = 0 AND f.file_id {Beyond} {Add(p, after!.Value.Id, NpgsqlDbType.Bigint)}"
                    : $"{_value} = 0",
                $"f.file_id {Direction}");
            foreach (var part in _descending ? new[] { others, zeros } : [zeros, others])
                if (part is not null) yield return part;
            yield break;
        }

        if (!_mayBeNull)
        {
            yield return new Part(after is null ? null : p => AfterValue(p, after.Value), orderByValue);
            yield break;
        }

        if (after is null) yield return new Part(_ => $"{_value} IS NOT NULL", orderByValue);
        else if (after.Value.Value is not null) yield return new Part(p => AfterValue(p, after.Value), orderByValue);
        var inNulls = after is { Value: null };
        yield return new Part(
            p => inNulls ? $"{_value} IS NULL AND f.file_id {Beyond} {Add(p, after!.Value.Id, NpgsqlDbType.Bigint)}"
                : $"{_value} IS NULL", $"f.file_id {Direction}");
    }

    string AfterValue(NpgsqlParameterCollection parameters, PageCursor after)
    {
        var value = after.Value ?? throw new BadCursorException();
        var typed = $"{Add(parameters, value, NpgsqlDbType.Text)}::text::{TypeName()}";
        return $"({_value}, f.file_id) {Beyond} ({typed}, {Add(parameters, after.Id, NpgsqlDbType.Bigint)})";
    }

    string TypeName() => _type switch
    {
        NpgsqlDbType.Text => "text",
        NpgsqlDbType.TimestampTz => "timestamptz",
        NpgsqlDbType.Interval => "interval",
        _ => "bigint",
    };

    static string Add(NpgsqlParameterCollection parameters, object value, NpgsqlDbType type)
    {
        parameters.Add(new() { Value = value, NpgsqlDbType = type });
        return string.Create(CultureInfo.InvariantCulture, $"${parameters.Count}");
    }

    /// <summary>A part of the list.</summary>
    /// <param name="Condition">Adds its parameters and returns the condition; null: all.</param>
    /// <param name="OrderBy">Its order.</param>
    public sealed record Part(Func<NpgsqlParameterCollection, string>? Condition, string OrderBy);
}
