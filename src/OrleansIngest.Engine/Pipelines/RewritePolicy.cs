using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>Policy of <c>onChange: append</c> for a changed file that cannot be continued from its old end.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<RewritePolicy>))]
public enum RewritePolicy
{
    /// <summary>The file is quarantined until an operator retries it.</summary>
    Quarantine,

    /// <summary>The rows of the file replace those of the older versions, in one transaction; the metadata must store
    /// <c>{fileId}</c>.</summary>
    Replace,

    /// <summary>The file is a new version, and all of its rows are added to those of the older ones.</summary>
    NewVersion,
}
