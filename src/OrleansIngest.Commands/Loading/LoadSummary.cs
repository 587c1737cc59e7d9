using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Commands.Loading;

/// <summary>What <c>ingest load --json</c> prints.</summary>
/// <param name="Files">Files given.</param>
/// <param name="FilesLoaded">Loaded by this run.</param>
/// <param name="FilesFailed">Not loaded: failed, quarantined, vanished, or being loaded by another program.</param>
/// <param name="FilesSkipped">Loaded before, or their content was.</param>
/// <param name="RowsLoaded">Rows in the table, of the files loaded by this run.</param>
/// <param name="RowsRejected">Records in corrupt_records.</param>
/// <param name="RowsSkipped">Blank lines, and rows that the table's triggers discarded.</param>
/// <param name="RowsSuppressed">Of the skipped, rows that the table's triggers discarded.</param>
/// <param name="RowsInserted">Of the loaded, rows that are new in the table; null where rows are only appended.</param>
/// <param name="RowsUpdated">Of the loaded, rows that updated a row of the table; null where rows are only appended.</param>
/// <param name="RowsUnchanged">Of the loaded, rows that changed nothing; null where rows are only appended.</param>
/// <param name="Bytes">Size of the files loaded by this run.</param>
/// <param name="Seconds">From the first claim to the last commit.</param>
/// <param name="SameContent">Files whose content an earlier file or version has, loaded or not.</param>
/// <param name="ColumnsNotes">Differences between the columns of loaded files and their table; empty if there are none.</param>
sealed record LoadSummary(
    int Files,
    int FilesLoaded,
    int FilesFailed,
    int FilesSkipped,
    long RowsLoaded,
    long RowsRejected,
    long RowsSkipped,
    long RowsSuppressed,
    long? RowsInserted,
    long? RowsUpdated,
    long? RowsUnchanged,
    long Bytes,
    double Seconds,
    IReadOnlyList<LoadRepeat> SameContent,
    IReadOnlyList<ColumnsNoteOfFiles> ColumnsNotes)
{
    /// <summary>Archived and deleted files; null if files are kept. Default: null.</summary>
    public LoadDisposals? Disposals { get; init; }

    /// <summary>Of the loaded rows, those that earlier runs had committed: this one continued their files. Default:
    /// 0.</summary>
    public long RowsLoadedBefore { get; init; }

    /// <summary>Number of files with such rows. Default: 0.</summary>
    public int FilesContinued { get; init; }

    /// <summary>Loaded files of which every record was rejected. Default: 0.</summary>
    public int FilesAllRejected { get; init; }

    /// <summary>Records of the skipped files that are open rejects. Default: 0.</summary>
    public long SkippedRejects { get; init; }

    /// <summary>Indexes that were built again after the files; null when none was missing. Default: null.</summary>
    public LoadIndexes? Indexes { get; init; }
}

/// <summary>A file whose content an earlier file or version of the pipeline has.</summary>
/// <param name="File">Its path.</param>
/// <param name="Loaded">Whether it was loaded anyway.</param>
/// <param name="What">Which one has it, human-readable.</param>
sealed record LoadRepeat(string File, bool Loaded, string What);

/// <summary>A note that applies to several files.</summary>
/// <param name="Files">How many.</param>
/// <param name="FirstFile">The first of them, absolute.</param>
/// <param name="Note">The differences of their columns from the table's.</param>
sealed record ColumnsNoteOfFiles(int Files, string FirstFile, ColumnsNote Note);
