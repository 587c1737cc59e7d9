namespace OrleansIngest.Engine.Formats;

/// <summary>The form in which a field's column takes values, for a format whose values are not texts.</summary>
enum FieldForm : byte
{
    /// <summary>The text from which the column's type is parsed.</summary>
    Text,

    /// <summary>JSON: for json and jsonb.</summary>
    Json,

    /// <summary>An array as PostgreSQL writes it, such as <c>{1,2}</c>.</summary>
    Array,

    /// <summary>Bytes: for bytea.</summary>
    Bytes,

    /// <summary>None: the field has no column.</summary>
    Unused,

    /// <summary>All keys without a field, as members of a JSON object: for json and jsonb.</summary>
    Others,
}
