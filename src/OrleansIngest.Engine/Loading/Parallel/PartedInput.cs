using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Splitting;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Loading.Parallel;

/// <summary>An open file that several parsers read at once, and how it is read. Safe for concurrent reading.</summary>
/// <param name="Claim">The right to load it.</param>
/// <param name="Stored">Its stored bytes; not owned.</param>
/// <param name="Records">How records are read.</param>
/// <param name="Signs">The bytes by which it is divided into parts.</param>
/// <param name="Plan">How rows are written.</param>
/// <param name="Metadata">What follows the fields of each row; null for a plan without metadata.</param>
/// <param name="Options">The pipeline's options, with the batch size.</param>
/// <param name="Context">Memory and parse slots.</param>
/// <param name="IsUnchanged">Whether the file is still the claimed one.</param>
sealed record PartedInput(
    FileClaim Claim, ByteContent Stored, RecordInput Records, SplitSigns Signs, CopyPlan Plan, RowMetadata? Metadata,
    PipelineOptions Options, LoaderContext Context, Func<bool> IsUnchanged)
{
    /// <summary>Receives the stored bytes in order as they are scanned; null if nobody needs the file's hash. Default:
    /// null.</summary>
    public ContentHash? Hash { get; init; }

    /// <summary>The input of a planned file; null if a single parser must read it, because its batches depend on each other, or
    /// are not read from the stored bytes.</summary>
    public static PartedInput? Of(FileInWork file, FilePlanning planning)
    {
        var (opened, input, plan) = (file.Opened!, planning.Input!, planning.Plan!);
        var isPlain = !file.IsPipe && file.Claim.Archive is null && file.Tail is null && file.Context.Pace is null
            && !file.Context.InOneTransaction;
        if (!isPlain || !CanBeParted(opened, input, plan) || SplitSigns.Of(input) is not { } signs) return null;
        return new PartedInput(file.Claim, opened.Stored, input, signs, plan, planning.Metadata, file.Options, file.Context,
            file.IsUnchanged)
        { Hash = file.Hash };
    }

    /// <summary>Whether batches can be read from any position of the stored bytes, in any order.</summary>
    public static bool CanBeParted(OpenedInput opened, RecordInput input, CopyPlan plan) =>
        opened.Unit == PositionUnit.Byte && ReferenceEquals(input.Content, opened.Stored)
        && plan.Merge is null && plan.Wider is null;
}
