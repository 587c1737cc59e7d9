using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Loading;

/// <summary>An input as one batch, which commits, or does not, as a whole: rows, rejects and the ledger's word that it is
/// loaded.</summary>
static class SingleTransactionLoad
{
    /// <summary>The most bytes of encoded rows: they wait in memory for the end of the input. 1 GiB.</summary>
    public const int MostBytes = 1 << 30;

    /// <summary>A pipeline's options with batches as large as they can be.</summary>
    public static PipelineOptions Of(PipelineOptions options)
    {
        var copy = PipelineJson.Read(PipelineJson.Write(options));
        (copy.BatchRecords, copy.BatchBytes, copy.BatchTime) = (int.MaxValue, MostBytes, TimeSpan.FromDays(365));
        return copy;
    }
}
