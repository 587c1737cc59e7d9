using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Grains;

/// <summary>The worker of one file. The key is the text of a <see cref="GrainKey"/>: the <see cref="FileId"/>, after
/// the name of its database.</summary>
[Alias("ingest.file")]
public interface IFileGrain : IGrainWithStringKey
{
    /// <summary>Starts to load a claimed file, and returns at once. The same claim again changes nothing; a newer
    /// one replaces an older one.</summary>
    [Alias("start")]
    Task<StartOutcome> StartAsync(FileClaim claim);

    /// <summary>Its current work. Asking about an idle file activates its grain for a moment.</summary>
    [Alias("status")]
    Task<FileWork> GetStatusAsync();
}
