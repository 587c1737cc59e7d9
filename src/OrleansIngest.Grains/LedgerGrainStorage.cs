using System.Globalization;
using Orleans.Storage;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Grains;

/// <summary>The ledger as grain storage: the state of a file grain is its file's checkpoint.</summary>
/// <remarks>Reading works as with any provider. Writing is not supported: the commit lane writes the checkpoint in the
/// transaction of the rows that it describes. A second transaction, however soon, would turn
/// exactly once into at least once.</remarks>
sealed class LedgerGrainStorage(LocalNodes nodes) : IGrainStorage
{
    /// <summary>The name of the provider.</summary>
    public const string Name = "ledger";

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (grainState is not IGrainState<FileCheckpoint> state)
            throw new NotSupportedException($"The ledger stores {nameof(FileCheckpoint)}s, not {typeof(T)}.");
        var key = GrainKey.Parse(grainId.Key.ToString()!);
        // A silo that has not reached the file's database can neither read its checkpoint nor accept a claim: the grain migrates.
        var checkpoint = nodes.Find(key.Database) is { Running: not null } local
            ? await local.Checkpoints.ReadAsync(FileId.Parse(key.Name)) : new FileCheckpoint();
        state.State = checkpoint;
        state.RecordExists = checkpoint.Status is not null;
        state.ETag = checkpoint.Epoch.ToString(CultureInfo.InvariantCulture);
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw ReadOnly(grainId);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw ReadOnly(grainId);

    static NotSupportedException ReadOnly(GrainId grainId) => new(
        $"The checkpoint of {grainId} is written by the commits of its batches, in the transaction of their rows; a grain can "
            + "only read it.");
}
