using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines.Disposal;

/// <summary>Policy for loaded files.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<AfterLoadPolicy>))]
public enum AfterLoadPolicy
{
    /// <summary>The file stays where it is.</summary>
    Keep,

    /// <summary>The file is moved to <see cref="PipelineOptions.ArchiveTo"/>.</summary>
    Archive,

    /// <summary>The file is deleted.</summary>
    Delete,
}

/// <summary>Policy for quarantined files.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<AfterQuarantinePolicy>))]
public enum AfterQuarantinePolicy
{
    /// <summary>The file stays where it is.</summary>
    Keep,

    /// <summary>The file is moved to <see cref="PipelineOptions.QuarantineTo"/>.</summary>
    Move,
}

/// <summary>Compression of archived files.</summary>
[JsonConverter(typeof(ArchiveCompressionJsonConverter))]
public enum ArchiveCompression
{
    /// <summary>Archived files are not compressed.</summary>
    None,

    /// <summary>Archived files are compressed with gzip, as NAME.gz, unless they are already compressed.</summary>
    Gzip,
}
