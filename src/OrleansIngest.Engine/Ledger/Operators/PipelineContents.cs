using OrleansIngest.Engine.Diagnostics;

namespace OrleansIngest.Engine.Ledger.Operators;

/// <summary>The contents of the ledger for a pipeline, and what would remain after its removal.</summary>
/// <param name="Pipeline">Its name.</param>
/// <param name="Table">The table that it loads, as configured.</param>
/// <param name="Files">Versions of files in the ledger, which are removed.</param>
/// <param name="Batches">Their batches, which are removed.</param>
/// <param name="RowsLoaded">Rows that it has loaded into the table, which stay.</param>
/// <param name="OpenRejects">Its open rejects in <c>corrupt_records</c>, which stay, and can no longer be replayed.</param>
public sealed record PipelineContents(string Pipeline, string Table, long Files, long Batches, long RowsLoaded, long OpenRejects)
{
    /// <summary>What is removed, human-readable: <c>2 files with 5 batches, and its charts</c>.</summary>
    public string Goes =>
        $"{Counted.Of(Files, "file")} with {Counted.Of(Batches, "batch", "batches")}, its charts, and its operator settings";

    /// <summary>What stays, human-readable: two sentences.</summary>
    public string Stays =>
        $"What stays: {Counted.Of(RowsLoaded, "row")} in {Table}"
        + (OpenRejects > 0
            ? $", and {Counted.Of(OpenRejects, "open reject")} in corrupt_records, which can no longer be replayed" : "")
        + ". If a configuration still has the pipeline, the next ingest up or load restores it and loads existing files again";
}
