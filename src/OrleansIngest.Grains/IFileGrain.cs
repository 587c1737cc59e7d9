using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Grains;

/// <summary>The worker of one file. The key is the text of a <see cref="GrainKey"/>: the <see cref="FileId"/>, behind the name of its database.</summary>
[Alias("ingest.file")]
public interface IFileGrain : IGrainWithStringKey
{
    /// <summary>Starts to work off a claim, and returns at once. The same claim again changes nothing; a newer one takes the place of an older one.</summary>
    [Alias("start")]
    Task<StartOutcome> StartAsync(FileClaim claim);

    /// <summary>What it does now. Asking a file that nobody works on wakes its grain for a moment.</summary>
    [Alias("status")]
    Task<FileWork> GetStatusAsync();
}
