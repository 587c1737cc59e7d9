using System.Security.Cryptography;
using System.Text;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Loading.Splits;

/// <summary>A claimed file whose splits other nodes may load.</summary>
/// <param name="Claim">The owner's claim: every commit of a split verifies it.</param>
/// <param name="Plan">Which of the owner's plans it is opened for, from 1: other nodes open it again for each.</param>
/// <param name="Kept">The layout that the owner detected, as stored; null if the beginning of the file alone determines
/// it.</param>
/// <param name="PlannedAt">The loading time in metadata: the same in all splits.</param>
/// <param name="Fingerprint">How the owner reads records and writes rows. A node that would do it differently takes no
/// splits.</param>
public sealed record SplitSource(FileClaim Claim, int Plan, string? Kept, DateTimeOffset PlannedAt, string Fingerprint)
{
    /// <summary>The fingerprint of a plan: configuration, layout, mapping, and the shape of the table.</summary>
    internal static string FingerprintOf(PipelineOptions options, RecordInput input, CopyPlan plan)
    {
        var text = new StringBuilder(PipelineJson.Write(options));
        text.Append('\n').Append(input.Format.Name).Append('\n').Append(input.Layout.FieldCount)
            .Append('\n').Append(HeaderJson.Write(input.Layout.Names))
            .Append('\n').Append(plan.CopyStatement).Append('\n').AppendJoin(' ', plan.Fields)
            .Append('\n').Append(plan.MadeFor);
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}

/// <summary>A part of a claimed file, of whole records, that another node loads for the file's owner.</summary>
/// <param name="Start">Offset of its first record, in bytes.</param>
/// <param name="First">The record and line there.</param>
/// <param name="End">Offset of the record after its last one.</param>
/// <param name="Next">The record and line there; verifies both readers.</param>
/// <param name="SpanEnd">The end of the owner's span, after <paramref name="End"/>: records are read as the owner would read
/// them.</param>
public readonly record struct FileSplit(long Start, RecordPosition First, long End, RecordPosition Next, long SpanEnd);

/// <summary>The final result of a split: none of its batches is in flight.</summary>
/// <param name="Records">Committed rows and rejects.</param>
/// <param name="Problem">Why not all of it is committed, human-readable; null if it is.</param>
public readonly record struct SplitResult(long Records, string? Problem);
