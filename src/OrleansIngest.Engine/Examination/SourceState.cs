using System.Text.Json.Serialization;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Examination;

/// <summary>The current state of a file's path.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<SourceState>))]
public enum SourceState
{
    /// <summary>The version that the ledger knows.</summary>
    Present,

    /// <summary>A file of another size or modification time.</summary>
    Changed,

    /// <summary>Nothing.</summary>
    Gone,

    /// <summary>Something that this process cannot read.</summary>
    Unreadable,
}
