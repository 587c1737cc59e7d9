using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Splitting;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Loading.Parallel;

/// <summary>How many parsers may read a span of a file at once.</summary>
static class ParserCount
{
    /// <summary>Batches in what is left of a file for which it is worth the while.</summary>
    const int LeastBatches = 8;

    /// <summary>Batches in a row after which a lane had nothing to do: then one parser is not enough for the database.</summary>
    const int MostHungry = 4;

    /// <summary>The number for what is left of a span; 1 where one parser has to read it, or is enough.</summary>
    /// <param name="file">The open file.</param>
    /// <param name="planning">How it is read.</param>
    /// <param name="left">What is left of the span, in positions.</param>
    /// <param name="hungry">Batches in a row after which a lane had nothing to do.</param>
    /// <param name="signs">By which it is divided; null for one parser.</param>
    public static int Of(FileInWork file, FilePlanning planning, long left, int hungry, out SplitSigns? signs)
    {
        signs = null;
        var count = Wanted(file, left, hungry);
        if (count == 1 || !MayBeParted(file, planning.Plan!, planning.Input!)) return 1;
        signs = SplitSigns.Of(planning.Input!);
        return signs is null ? 1 : count;
    }

    static int Wanted(FileInWork file, long left, int hungry)
    {
        if (file.Claim.Attempts > 0) return 1; // whatever has failed is retried in the simplest way
        if (file.Options.Parsers is { } told) return told;
        if (hungry < MostHungry || left < (long)LeastBatches * file.Options.BatchBytes) return 1;
        return Math.Max(1, file.Context.Processors / Math.Max(1, file.Context.FilesInWork()));
    }

    /// <summary>Whether its batches do not depend on each other, and are made from the bytes as they are stored.</summary>
    static bool MayBeParted(FileInWork file, CopyPlan plan, RecordInput input) =>
        file.Opened!.Unit == PositionUnit.Byte && ReferenceEquals(input.Content, file.Opened.Stored)
        && !file.IsPipe && file.Claim.Archive is null && file.Tail is null
        && plan.Merge is null && plan.Wider is null && file.Context.Pace is null && !file.Context.InOneTransaction;
}
