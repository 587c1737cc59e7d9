using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>Policy of <c>onChange: append</c> for a changed file that cannot be continued from its old end.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<RewritePolicy>))]
public enum RewritePolicy
{
    /// <summary>It is quarantined until an operator retries it.</summary>
    Quarantine,

    /// <summary>Its rows replace those of the older versions, in one transaction; the metadata must store
    /// <c>{fileId}</c>.</summary>
    Replace,

    /// <summary>It is a new version, and all of its rows are added to those of the older ones.</summary>
    NewVersion,
}
