namespace OrleansIngest.Engine.Loading.Parallel;

/// <summary>How many parsers may read a span of a file at once.</summary>
static class ParserCount
{
    /// <summary>Batches in what is left of a file for which several parsers are worth it.</summary>
    const int LeastBatches = 8;

    /// <summary>Batches in a row after which a lane had nothing to do: then one parser is not enough for the database.</summary>
    public const int MostHungry = 4;

    /// <summary>The number for what is left of a span, if the file can be parted at all.</summary>
    /// <param name="file">The open file.</param>
    /// <param name="left">What is left of the span, in positions.</param>
    /// <param name="hungry">Batches in a row after which a lane had nothing to do.</param>
    public static int Of(FileInWork file, long left, int hungry)
    {
        if (file.Claim.Attempts > 0) return 1; // whatever has failed is retried in the simplest way
        if (file.Options.Parsers is { } configured) return configured;
        if (hungry < MostHungry || left < (long)LeastBatches * file.Options.BatchBytes) return 1;
        return OfProcessors(file.Context);
    }

    /// <summary>A file's share of the processors; at least one.</summary>
    public static int OfProcessors(LoaderContext context) =>
        Math.Max(1, context.Processors / Math.Max(1, context.FilesInWork()));
}
