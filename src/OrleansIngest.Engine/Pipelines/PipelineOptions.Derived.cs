namespace OrleansIngest.Engine.Pipelines;

/// <summary>Properties derived from the options.</summary>
public sealed partial class PipelineOptions
{
    /// <summary>The template from which <see cref="Table"/> was derived for one file; null for the options of a whole
    /// pipeline.</summary>
    internal string? MadeFrom { get; private set; }

    /// <summary>Whether <see cref="Table"/> depends on the file.</summary>
    internal bool IsTemplate => MadeFrom is null && Tables.TableTemplate.IsOne(Table);

    /// <summary>The same pipeline for the files of one of its tables.</summary>
    internal PipelineOptions ForTable(string table)
    {
        var copy = Copy();
        (copy.Table, copy.MadeFrom) = (table, Table);
        return copy;
    }

    /// <summary>Whether rows are matched with the table's rows by key.</summary>
    internal bool IsMerge => Write is WriteMode.Upsert or WriteMode.InsertNew;

    /// <summary>Whether the rows of a file are staged until the whole file is read.</summary>
    internal bool IsStaged =>
        WholeFile || MaxRejected is not null || MaxRejectedPercent is not null || MaxRejectedInRow is not null
            || Write == WriteMode.ReplaceTable;

    /// <summary>Whether changed files may be continued from their old end.</summary>
    internal bool ReadsOn => Tail || OnChange == ChangePolicy.Append;

    /// <summary>Whether the pipeline has a rate limit.</summary>
    internal bool IsPaced => MaxRowsPerSecond > 0 || MaxBytesPerSecond > 0;

    /// <summary>Whether files may be staged: all of them, or changed ones.</summary>
    internal bool UsesStages => IsStaged || OnChange == ChangePolicy.Replace
        || (OnChange == ChangePolicy.Append && OnRewrite == RewritePolicy.Replace);
}
