using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Coordination;

/// <summary>Limits shared by the nodes of one process, one node for each database: memory for batches, memory for decoders, and
/// as many parsers at once as there are processors. A node whose database is unavailable keeps only its part.</summary>
/// <param name="batchBytes">As <see cref="IngestNodeOptions.BatchMemoryBytes"/>, for all nodes.</param>
/// <param name="decoderBytes">As <see cref="IngestNodeOptions.DecoderMemoryBytes"/>, for all nodes.</param>
public sealed class SharedLimits(long batchBytes, long decoderBytes)
{
    /// <summary>Memory for batches.</summary>
    internal SharedMemory Batches { get; } = new(batchBytes);

    /// <summary>Memory for decoders.</summary>
    internal SharedMemory Decoders { get; } = new(decoderBytes);

    /// <summary>Parse slots, one byte each.</summary>
    internal SharedMemory Slots { get; } = new(Environment.ProcessorCount);
}
