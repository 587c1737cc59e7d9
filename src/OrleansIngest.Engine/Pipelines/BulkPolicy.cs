using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>Whether the secondary indexes of a table are dropped while files are loaded into it, and built again afterwards.
/// Indexes that the meaning of rows depends on are never dropped: primary keys, unique indexes, exclusion constraints,
/// replica identities.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<BulkPolicy>))]
public enum BulkPolicy
{
    /// <summary>They stay.</summary>
    Off,

    /// <summary>They are dropped if that certainly pays and no query needs them: the table is empty or nearly so, many
    /// bytes wait, no trigger reads it. Only indexes that no value can make fail are dropped.</summary>
    Auto,

    /// <summary>They are dropped whenever the waiting files outweigh the rows of the table.</summary>
    On,
}
