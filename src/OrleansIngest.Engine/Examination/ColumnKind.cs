namespace OrleansIngest.Engine.Examination;

/// <summary>Groups the types of columns by what a file writes into them.</summary>
static class ColumnKind
{
    static readonly string[] Whole = ["smallint", "integer", "bigint"];
    static readonly string[] Fractions = ["numeric", "real", "double precision"];
    static readonly string[] Texts = ["text", "character varying", "character", "citext", "name"];

    /// <summary>Whether it takes any text.</summary>
    public static bool IsText(string column) => Texts.Contains(Plain(column));

    /// <summary>Whether numbers are written into it.</summary>
    public static bool IsNumber(string column) => Whole.Contains(Plain(column)) || Fractions.Contains(Plain(column));

    /// <summary>Whether dates are.</summary>
    public static bool IsTime(string column) => column == "date" || column.StartsWith("timestamp", StringComparison.Ordinal);

    /// <summary>Whether a column holds the values of a field.</summary>
    /// <param name="column">The type of the column.</param>
    /// <param name="field">The inferred type of the field.</param>
    public static bool Holds(string column, string field) => Plain(column) switch
    {
        _ when IsText(column) => true,
        var type when Whole.Contains(type) => field == "bigint",
        var type when Fractions.Contains(type) => field is "bigint" or "numeric",
        "date" => field == "date",
        "json" or "jsonb" => field == "jsonb",
        "boolean" or "uuid" => field == column,
        _ when IsTime(column) => IsTime(field),
        _ => field == "text",
    };

    static string Plain(string type) => type.Split('(')[0];
}
