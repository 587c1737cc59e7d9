using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>Whether the secondary indexes of a table are dropped while files are loaded into it, and rebuilt afterwards.
/// Indexes that the meaning of rows depends on are never dropped: primary keys, unique indexes, exclusion constraints,
/// replica identities.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<BulkPolicy>))]
public enum BulkPolicy
{
    /// <summary>The indexes stay.</summary>
    Off,

    /// <summary>The indexes are dropped if the table is empty or nearly empty, has no triggers, and enough bytes are waiting.
    /// Indexes whose build could fail for some value stay.</summary>
    Auto,

    /// <summary>The indexes are dropped whenever the waiting files are larger than the rows of the table.</summary>
    On,
}
