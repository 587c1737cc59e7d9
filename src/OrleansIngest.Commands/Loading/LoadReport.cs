using System.Globalization;
using OrleansIngest.Commands.Databases;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Commands.Tables;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Loading;

/// <summary>The result of a load, summarized and printed.</summary>
static class LoadReport
{
    /// <summary>Kinds of rejects that are shown, and characters of each line.</summary>
    const int MostExamples = 5, LongestExample = 300;

    /// <summary>Files whose content an earlier file or version has.</summary>
    public static async Task<IReadOnlyList<LoadRepeat>> RepeatsAsync(
        IngestNode node, IReadOnlyList<FileState> states, CancellationToken cancellationToken)
    {
        FileId[] loaded = [.. states.Where(s => s is { WasHandled: true, Status: "loaded" }).Select(s => s.FileId)];
        var others = loaded.Length == 0
            ? new Dictionary<FileId, string>()
            : await new ContentLedger(node.LedgerSource).RepeatedAsync(loaded, cancellationToken);
        return
        [
            .. states.Where(s => s.IsRepeat).Select(s => new LoadRepeat(s.Path, false, s.Reason ?? "")),
            .. states.Where(s => others.ContainsKey(s.FileId)).Select(s => new LoadRepeat(
                s.Path, true, others[s.FileId] == s.Path ? "same content as its previous version"
                    : $"same content as {others[s.FileId]}")),
        ];
    }

    /// <summary>The most frequent kinds of rejects, each with an example.</summary>
    public static async Task<IReadOnlyList<RejectExample>> ExamplesAsync(
        IngestNode node, IReadOnlyList<FileState> states, CancellationToken cancellationToken) =>
        await new RejectExamples(node.LedgerSource).ReadAsync(
            states.Where(s => s.WasHandled).Select(s => s.FileId), MostExamples, cancellationToken);

    /// <summary>Open rejects of the files that were skipped because they are loaded.</summary>
    public static async Task<IReadOnlyDictionary<FileId, long>> OpenRejectsAsync(
        IngestNode node, IReadOnlyList<FileState> states, CancellationToken cancellationToken) =>
        states.Where(IsSkipped).Select(s => s.FileId).ToArray() is { Length: > 0 } skipped
            ? await new RejectExamples(node.LedgerSource).OpenAsync(skipped, cancellationToken)
            : new Dictionary<FileId, long>();

    static bool IsSkipped(FileState state) => state is { WasHandled: false, Status: "loaded" };

    static string Merged(LoadSummary summary) => summary.RowsInserted is null ? "" : string.Create(CultureInfo.InvariantCulture,
        $" ({summary.RowsInserted:N0} inserted, {summary.RowsUpdated:N0} updated, {summary.RowsUnchanged:N0} unchanged)");

    static string Place(RejectExample kind) => kind.Line is { } line
        ? string.Create(CultureInfo.InvariantCulture, $"line {line}")
        : string.Create(CultureInfo.InvariantCulture, $"record {kind.Record}");

    /// <summary>The totals of the files.</summary>
    public static LoadSummary Summarize(IReadOnlyList<FileState> states, IReadOnlyList<LoadRepeat> repeats, double seconds)
    {
        var loaded = states.Where(s => s is { WasHandled: true, Status: "loaded" }).ToArray();
        var merged = MergeTotals.Sum(loaded.Select(s => s.Totals.Merged));
        var skipped = states.Count(s => IsSkipped(s) || s.IsRepeat);
        return new LoadSummary(
            states.Count, loaded.Length, states.Count - loaded.Length - skipped, skipped, loaded.Sum(s => s.Totals.Loaded),
            loaded.Sum(s => s.Totals.Rejected), loaded.Sum(s => s.Totals.Skipped), loaded.Sum(s => s.Totals.Suppressed),
            merged?.Inserted, merged?.Updated, merged?.Unchanged, loaded.Sum(s => s.Size), Math.Round(seconds, 3), repeats,
            NotesOf(loaded))
        {
            RowsLoadedBefore = loaded.Sum(s => s.RowsBefore),
            FilesContinued = loaded.Count(s => s.RowsBefore > 0),
            FilesAllRejected = loaded.Count(IsAllRejected),
        };
    }

    /// <summary>Files of one header share a note, which is printed once.</summary>
    static ColumnsNoteOfFiles[] NotesOf(IEnumerable<FileState> loaded) =>
        [.. loaded.Where(s => s.ColumnsNote is not null).GroupBy(s => $"{s.ColumnsNote}", StringComparer.Ordinal)
            .Select(files => new ColumnsNoteOfFiles(files.Count(), files.First().Path, files.First().ColumnsNote!))];

    /// <summary>Prints the summary, as lines or as JSON.</summary>
    public static void Print(
        CliContext context, IReadOnlyList<FileState> states, LoadSummary summary, IReadOnlyList<RejectExample> examples,
        IReadOnlyDictionary<FileId, long> openRejects, PipelineOptions pipeline, OpenDatabase database)
    {
        if (context.Json)
        {
            context.WriteJson(summary, ResultJson.Default.LoadSummary);
            return;
        }

        foreach (var repeat in summary.SameContent)
            context.Output.WriteLine(
                SafeText.Of($"{repeat.File}: {(repeat.Loaded ? "loaded, but has the " : "skipped: ")}{repeat.What}"));
        foreach (var line in FailedFiles.Lines(states, pipeline.Name)) context.Error.WriteLine(line);
        var text = CultureInfo.InvariantCulture;
        if (summary.Files == 0) context.Output.WriteLine("no matching files");
        if (summary.FilesSkipped > 0)
            context.Output.WriteLine(
                string.Create(text, $"{summary.FilesSkipped:N0} of {Counted.Of(summary.Files, "file")} skipped: already loaded"));
        if (openRejects.Count > 0) context.Output.WriteLine(OpenRejects(states, openRejects, pipeline));
        if (summary.FilesLoaded > 0)
        {
            context.Output.WriteLine(string.Create(text,
                $"{Counted.Of(summary.FilesLoaded, "file")} loaded into {pipeline.Table}{Continued(summary)}: "
                + $"{Rows(summary)}{Merged(summary)}, {summary.RowsRejected:N0} rejected, "
                + $"{(summary.RowsSuppressed > 0 ? $"{Counted.Of(summary.RowsSuppressed, "row")} discarded by a trigger, " : "")}"
                + $"{Counted.Of(summary.RowsSkipped - summary.RowsSuppressed, "skipped line")}, "
                + $"{Counted.Of(summary.Bytes, "byte")} in {summary.Seconds:N2} s "
                + $"({RowsNow(summary) / Math.Max(summary.Seconds, 0.001):N0} rows/s)"));
        }

        foreach (var failed in FailedFiles.Of(states).GroupBy(s => s.Status))
        {
            var state = failed.Key == "loading" ? "still loading" : failed.Key;
            context.Output.WriteLine(string.Create(text,
                $"{failed.Count():N0} of {Counted.Of(summary.Files, "file")} {state}: "
                + $"ingest files --status {failed.Key} --pipeline {pipeline.Name}"));
        }

        if (summary.Indexes is { Built.Count: > 0 } built)
        {
            var all = summary.Seconds + built.Seconds;
            context.Output.WriteLine(string.Create(text,
                $"{Counted.Of(built.Built.Count, "index", "indexes")} rebuilt in {built.Seconds:N2} s; {all:N2} s in total "
                + $"({RowsNow(summary) / Math.Max(all, 0.001):N0} rows/s)"));
        }

        if ($"{summary.Disposals}" is { Length: > 0 } disposed) context.Output.WriteLine(disposed);
        foreach (var note in summary.ColumnsNotes)
            NotePrinter.Print(note, pipeline.Table, context.Output);
        foreach (var kind in examples)
        {
            context.Output.WriteLine(SafeText.Brief(string.Create(text,
                $"{kind.Count,10:N0}  {kind.Reason}{(kind.Column is null ? "" : " " + kind.Column)}: "
                    + $"{Path.GetFileName(kind.File)} {Place(kind)}: {kind.Detail}"), LongestExample));
        }

        if (pipeline.Encoding == "auto" && examples.FirstOrDefault(e => e.Reason == RejectReason.InvalidUtf8) is { } foreign)
        {
            context.Output.WriteLine(SafeText.Of(
                $"note  {Path.GetFileName(foreign.File)} is not UTF-8; if it is windows-1252: --encoding windows-1252"));
        }

        if (summary.RowsRejected > 0)
            context.Output.WriteLine(
                "Rejected records: SELECT file, line, reason, column_name, detail, raw_record FROM corrupt_records;");
        if (summary.FilesAllRejected > 0)
            context.Error.WriteLine(AllRejected(summary, states, pipeline));
        // the server runs only as long as a command does
        if (database.Embedded is not null) HintAtPsql(context.Surroundings, RowsNow(summary));
    }

    /// <summary>Names the command that opens the private database, for a person who has just loaded rows.</summary>
    /// <param name="surroundings">A pipe gets no hint: programs read it.</param>
    /// <param name="rows">Loaded now.</param>
    public static void HintAtPsql(CliSurroundings surroundings, long rows)
    {
        if (rows == 0 || surroundings is { OutputIsTerminal: false, ErrorIsTerminal: false }) return;
        var terminal = surroundings.OutputIsTerminal ? surroundings.Output : surroundings.Error;
        terminal.WriteLine($"To query the data: {surroundings.Program} psql");
    }

    static long RowsNow(LoadSummary summary) => summary.RowsLoaded - summary.RowsLoadedBefore;

    static string Rows(LoadSummary summary) => summary.RowsLoadedBefore == 0
        ? Counted.Of(summary.RowsLoaded, "row")
        : string.Create(CultureInfo.InvariantCulture,
            $"{Counted.Of(RowsNow(summary), "row")} now, {summary.RowsLoaded:N0} in total");

    static string Continued(LoadSummary summary) => summary.FilesContinued == 0 ? ""
        : summary.FilesLoaded == 1 ? ", continued after the last commit"
        : string.Create(CultureInfo.InvariantCulture,
            $", {summary.FilesContinued:N0} of them continued after the last commit");

    static string OpenRejects(
        IReadOnlyList<FileState> states, IReadOnlyDictionary<FileId, long> openRejects, PipelineOptions pipeline)
    {
        var files = states.Where(s => openRejects.ContainsKey(s.FileId)).ToArray();
        var (records, rows) = (openRejects.Values.Sum(), files.Sum(s => s.Totals.Loaded));
        var (file, its) = files.Length == 1 ? ("the file", "its") : ("the files", "their");
        var addsRows = rows > 0 && pipeline is { Write: WriteMode.Append, OnChange: not ChangePolicy.Replace };
        return $"{Counted.Of(records, "record")} of {(files.Length == 1 ? "it" : Counted.Of(files.Length, "skipped file"))} "
            + $"{(records == 1 ? "is an open reject" : "are open rejects")}. To map {(records == 1 ? "it" : "them")} again: "
            + $"ingest replay --rejects --pipeline {pipeline.Name}. To load {file} with other options: ingest load --again"
            + (addsRows ? $", which adds {its} {Counted.Of(rows, "loaded row")} a second time" : "");
    }

    static string AllRejected(LoadSummary summary, IReadOnlyList<FileState> states, PipelineOptions pipeline) =>
        summary.FilesAllRejected == 1
            ? $"ingest: every record of {states.First(IsAllRejected).Path} was rejected"
            : $"ingest: every record of {Counted.Of(summary.FilesAllRejected, "file")} was rejected: "
                + $"ingest files --status {FileStates.AllRejected} --pipeline {pipeline.Name}";

    static bool IsAllRejected(FileState state) =>
        state is { WasHandled: true, Status: "loaded", Totals: { Loaded: 0, Rejected: > 0, Suppressed: 0 } };
}
