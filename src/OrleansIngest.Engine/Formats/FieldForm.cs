namespace OrleansIngest.Engine.Formats;

/// <summary>What a field's column takes, for a format whose values are not texts to begin with.</summary>
enum FieldForm : byte
{
    /// <summary>The text that the column's type reads.</summary>
    Text,

    /// <summary>JSON: for json and jsonb.</summary>
    Json,

    /// <summary>An array as PostgreSQL writes it, such as <c>{1,2}</c>.</summary>
    Array,

    /// <summary>Bytes: for bytea.</summary>
    Bytes,

    /// <summary>Nothing: no column takes the field.</summary>
    Unused,

    /// <summary>No value of its own, but all keys that no other field takes, as members of a JSON object: for JSON.</summary>
    Others,
}
