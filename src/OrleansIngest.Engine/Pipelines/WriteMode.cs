using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>What happens to a record whose key already exists in the table.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<WriteMode>))]
public enum WriteMode
{
    /// <summary>Every record becomes a row; where a unique index forbids that, the record is rejected.</summary>
    Append,

    /// <summary>The row in the table is updated. Of several records of a file with one key, the last wins.</summary>
    Upsert,

    /// <summary>The row in the table stays as it is. Of several records of a file with one key, the first wins.</summary>
    InsertNew,

    /// <summary>The rows of a file replace all rows of the table, in one transaction.</summary>
    ReplaceTable,
}
