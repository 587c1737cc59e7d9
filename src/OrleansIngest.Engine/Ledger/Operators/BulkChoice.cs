using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Engine.Ledger.Operators;

/// <summary>The files of a bulk verb: all matching ones.</summary>
/// <param name="Filter">Applied at the moment of the action; its order is not used.</param>
public sealed record BulkChoice(FileFilter Filter)
{
    /// <summary>Only these keys, in addition to <see cref="Filter"/>; null: any. Default: null.</summary>
    public IReadOnlyList<long>? Ids { get; init; }

    /// <summary>Only keys up to this one, which excludes versions that were discovered later. Default: null, any.</summary>
    public long? UpTo { get; init; }

    /// <summary>The choice for people, after a number: <c>1,204 files of pipeline orders, quarantined</c>.</summary>
    /// <param name="files">Their number.</param>
    public string Describe(long files)
    {
        var parts = new[]
        {
            Filter.Pipeline is { } pipeline ? $" of pipeline {pipeline}" : "",
            Filter.Statuses.Count > 0 ? $", {string.Join(" or ", Filter.Statuses)}" : "",
            Filter.Node is { } node ? $", of node {node}" : "",
            Filter.Text is { } text ? $", with '{text}' in their path" : "",
        };
        return Counted.Of(files, "file") + string.Concat(parts);
    }
}
