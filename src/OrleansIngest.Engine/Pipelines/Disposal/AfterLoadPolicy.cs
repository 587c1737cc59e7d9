using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines.Disposal;

/// <summary>What becomes of a file that is loaded.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<AfterLoadPolicy>))]
public enum AfterLoadPolicy
{
    /// <summary>It stays where it is.</summary>
    Keep,

    /// <summary>It is moved to <see cref="PipelineOptions.ArchiveTo"/>.</summary>
    Archive,

    /// <summary>It is deleted.</summary>
    Delete,
}

/// <summary>What becomes of a file that is quarantined.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<AfterQuarantinePolicy>))]
public enum AfterQuarantinePolicy
{
    /// <summary>It stays where it is.</summary>
    Keep,

    /// <summary>It is moved to <see cref="PipelineOptions.QuarantineTo"/>.</summary>
    Move,
}

/// <summary>How files are kept in the archive.</summary>
[JsonConverter(typeof(ArchiveCompressionJsonConverter))]
public enum ArchiveCompression
{
    /// <summary>As they are.</summary>
    None,

    /// <summary>By gzip, as NAME.gz; files that are compressed already stay as they are.</summary>
    Gzip,
}
