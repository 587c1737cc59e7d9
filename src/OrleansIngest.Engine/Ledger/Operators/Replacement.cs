using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Ledger.Operators;

/// <summary>Whether a file of a pipeline can replace its own rows: they must be identifiable, and
/// come from this file alone.</summary>
static class Replacement
{
    /// <summary>SQL on a row <c>p</c> of <c>ingest.pipeline</c>: whether the rows of a file can be found in the table.</summary>
    public const string KeepsFile = """coalesce(p.config -> 'metadata' @? '$.* ? (@ == "{fileId}")', false)""";

    /// <summary>SQL on a row <c>p</c> of <c>ingest.pipeline</c>: whether a replacement is possible, by the rules of
    /// <see cref="WhyNot"/>.</summary>
    public const string IsPossible =
        $$"""
        ({{KeepsFile}} AND coalesce(p.config ->> 'write', 'append') = 'append'
            AND coalesce(p.config -> 'compute', '{}') = '{}'
            AND NOT coalesce(p.config -> 'rules' @? '$[*] ? (@.rule == "foundIn")', false))
        """;

    /// <summary>Why it is not possible, human-readable; null if it is.</summary>
    public static string? WhyNot(PipelineOptions pipeline)
    {
        if (OriginColumns.Of(pipeline).FileId is null)
        {
            return "the rows do not store their file; pipelines whose metadata fills a column with {fileId}, such as "
                + "\"metadata\": { \"file_id\": \"{fileId}\" }, can replace the rows that they load from then on";
        }

        return pipeline.Write switch
        {
            WriteMode.Upsert or WriteMode.InsertNew =>
                "its rows are merged by key (write: upsert, insertNew); replay --again merges them again",
            WriteMode.ReplaceTable =>
                "each file replaces the whole table (write: replaceTable); replay --again does this again",
            _ when pipeline.Compute.Count > 0 || pipeline.Rules.Any(r => r is FoundInRule) =>
                "a replacement needs a staging table, which does not work with computed columns and foundIn rules; use undo, "
                    + "then replay",
            _ => null,
        };
    }
}
