using System.Globalization;

namespace OrleansIngest.Engine.Pipelines.Metadata;

/// <summary>The properties of a file that metadata can refer to.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="FileId">Its key in the ledger.</param>
/// <param name="Version">From 1.</param>
/// <param name="Now">When loading it began.</param>
public sealed record FileFacts(string Path, long FileId, int Version, DateTimeOffset Now)
{
    /// <summary>The name of its folder. Default: that of the directory in its path.</summary>
    internal string? InFolder { get; init; }

    /// <summary>The text of a variable that is the same for the whole file.</summary>
    internal string TextOf(MetadataVariable variable) => variable switch
    {
        MetadataVariable.Path => Path,
        MetadataVariable.Name => System.IO.Path.GetFileName(Path),
        MetadataVariable.Folder => InFolder ?? System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(Path)) ?? "",
        MetadataVariable.FileId => FileId.ToString(CultureInfo.InvariantCulture),
        MetadataVariable.Version => Version.ToString(CultureInfo.InvariantCulture),
        MetadataVariable.Now => Now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
        _ => throw new ArgumentOutOfRangeException(nameof(variable), variable, "differs from record to record"),
    };
}
