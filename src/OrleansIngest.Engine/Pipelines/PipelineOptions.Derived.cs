namespace OrleansIngest.Engine.Pipelines;

/// <summary>Properties derived from the options.</summary>
public sealed partial class PipelineOptions
{
    /// <summary>The template that <see cref="Table"/> was made of for one file; null for the
    /// options of a whole pipeline.</summary>
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

    /// <summary>Whether rows may change or meet rows of the table by their key.</summary>
    internal bool IsMerge => Write is WriteMode.Upsert or WriteMode.InsertNew;

    /// <summary>Whether the rows of a file wait in a stage until all of them are there.</summary>
    internal bool IsStaged =>
        WholeFile || MaxRejected is not null || MaxRejectedPercent is not null || MaxRejectedInRow is not null
            || Write == WriteMode.ReplaceTable;

    /// <summary>Whether changed files may be read on from their old end.</summary>
    internal bool ReadsOn => Tail || OnChange == ChangePolicy.Append;

    /// <summary>Whether a rate is not to be exceeded.</summary>
    internal bool IsPaced => MaxRowsPerSecond > 0 || MaxBytesPerSecond > 0;

    /// <summary>Whether files may wait in a stage: all of them, or those that changed.</summary>
    internal bool UsesStages => IsStaged || OnChange == ChangePolicy.Replace
        || (OnChange == ChangePolicy.Append && OnRewrite == RewritePolicy.Replace);
}
