namespace OrleansIngest.Engine.Loading.Parallel;

/// <summary>How many parsers may read a span of a file at once.</summary>
static class ParserCount
{
    /// <summary>Several parsers are worthwhile if at least this many batches of a file are left.</summary>
    const int LeastBatches = 8;

    /// <summary>One parser is too slow for the database if a lane was idle after this many consecutive batches.</summary>
    public const int MostHungry = 4;

    /// <summary>The number for the rest of a span, provided that the file can be divided.</summary>
    /// <param name="file">The open file.</param>
    /// <param name="left">Positions left in the span.</param>
    /// <param name="hungry">Consecutive batches after which a lane was idle.</param>
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
