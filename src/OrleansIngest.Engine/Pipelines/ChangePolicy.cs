using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>Policy for a file whose content has changed since it was loaded.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<ChangePolicy>))]
public enum ChangePolicy
{
    /// <summary>The file is a new version, and all of its rows are added to those of the older ones.</summary>
    NewVersion,

    /// <summary>The rows of the file replace those of the older versions, in one transaction; the metadata must store
    /// <c>{fileId}</c>.</summary>
    Replace,

    /// <summary>The file is quarantined until an operator retries it.</summary>
    Quarantine,

    /// <summary>If the old bytes of the file are unchanged, only the appended records are loaded; otherwise
    /// <see cref="PipelineOptions.OnRewrite"/> decides.</summary>
    Append,
}
