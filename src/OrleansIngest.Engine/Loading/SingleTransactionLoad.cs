using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Loading;

/// <summary>Loads an input as one batch, which commits as a whole or not at all: rows, rejects and the ledger entry of the
/// loaded file.</summary>
static class SingleTransactionLoad
{
    /// <summary>Maximum size of the encoded rows, which are held in memory until the end of the input. 1 GiB.</summary>
    public const int MostBytes = 1 << 30;

    /// <summary>A pipeline's options with batches of the maximum size.</summary>
    public static PipelineOptions Of(PipelineOptions options)
    {
        var copy = PipelineJson.Read(PipelineJson.Write(options));
        (copy.BatchRecords, copy.BatchBytes, copy.BatchTime) = (int.MaxValue, MostBytes, TimeSpan.FromDays(365));
        return copy;
    }
}
