using Npgsql;
using OrleansIngest.Engine.Codecs.Text;
using OrleansIngest.Engine.Inference;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Examination;

/// <summary>Examines the current files of the ledger: their first lines, their columns against the table, and what prevents them
/// from being loaded. Reads only the beginning of a file; a small file is tried as a whole. Writes nothing.</summary>
/// <param name="dataSource">The ledger, and the tables.</param>
/// <param name="places">Where options of a pipeline can be set; null for nowhere.</param>
/// <param name="time">Clock for rules that refer to the current time.</param>
public sealed class FileExaminer(
    NpgsqlDataSource dataSource, Func<string, CancellationToken, Task<OptionPlace?>> places, TimeProvider time)
{
    /// <summary>Maximum size of a file that is tried as a whole, bytes.</summary>
    public const long TriedWhole = 4 << 20;

    /// <summary>Records that types are inferred from.</summary>
    internal const long SampledRecords = 10_000;

    /// <summary>A file system that hangs must not hold the caller for longer than this.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Maximum number of files read at a time in this process.</summary>
    static readonly SemaphoreSlim Readers = new(2);

    /// <summary>The first lines of a file; null for one that is not in the ledger.</summary>
    /// <exception cref="TimeoutException">The file system does not answer.</exception>
    public Task<FileHead?> HeadAsync(FileId file, CancellationToken cancellationToken) => WithinAsync<FileHead?>(async token =>
    {
        var (row, archive, options) = await FindAsync(file, token);
        if (row is null) return null;
        using var found = FoundInput.Open(row, archive, options ?? new PipelineOptions());
        return HeadReader.Read(found, options ?? new PipelineOptions());
    }, cancellationToken);

    /// <summary>Compares a file with its pipeline and its table; null for one that is not in the ledger.</summary>
    /// <exception cref="TimeoutException">The file system does not answer.</exception>
    public Task<FileExamination?> ExamineAsync(FileId file, CancellationToken cancellationToken) =>
        WithinAsync<FileExamination?>(async token =>
    {
        var (row, archive, options) = await FindAsync(file, token);
        if (row is null) return null;
        await using var connection = await dataSource.OpenConnectionAsync(token);
        if (options is null || await FileEvidence.ReadAsync(connection, file, token) is not { } evidence)
        {
            var note = $"The ledger has no configuration of pipeline {row.Pipeline}.";
            return new FileExamination { Source = SourceState.Unreadable, Note = note };
        }

        return await ExamineAsync(row, archive, options, evidence, connection, token);
    }, cancellationToken);

    async Task<FileExamination> ExamineAsync(
        FileRow row, FileRow? archive, PipelineOptions options, FileEvidence evidence, NpgsqlConnection connection,
        CancellationToken cancellationToken)
    {
        var run = new TrialRun(row, archive, connection, time);
        var trial = await run.RunAsync(options, cancellationToken);
        return new FileExamination
        {
            Source = trial.Source,
            Note = trial.Note,
            Columns = ColumnsOf(row, options, trial, evidence),
            Diagnosis = row.Status is not ("quarantined" or "failed")
                ? null
                : await DiagnoseAsync(row, archive, run, trial, evidence, connection, cancellationToken),
        };
    }

    async Task<Diagnosis> DiagnoseAsync(
        FileRow row, FileRow? archive, TrialRun run, Trial trial, FileEvidence evidence, NpgsqlConnection connection,
        CancellationToken cancellationToken)
    {
        var isUnclear = new Lazy<bool>(() => IsUnclear(row, archive, trial.Options));
        var trials = new RemedyTrial(run, trial);
        var renamed = new RenamedColumns(trial, () => TypesOf(row, archive, trial));
        var search = new RemedySearch(trials, trial, renamed, options => isUnclear.Value && ReadsWell(row, archive, options),
            evidence.HasLoadedOthers);
        var whole = await TryWholeAsync(row, archive, trial, connection, cancellationToken);
        var settings = await search.FindAsync(cancellationToken);
        if (trial is { Fault: TrialFault.None, Table: not null } && (whole?.Rejected ?? evidence.Rejects) > 0)
        {
            var sample = await run.SampleAsync(trial.Options, altered: null, cancellationToken);
            settings = await search.FindAsync(sample, cancellationToken);
        }

        var sql = await new SqlRemedies(row, archive, trials, renamed, connection).FindAsync(trial, cancellationToken);
        var doctor = new Doctor(row, evidence, trial, await places(row.Pipeline, cancellationToken));
        var diagnosis = doctor.Diagnose(settings, sql, whole);
        return diagnosis.Remedies.All(r => r.Verb is not null)
            ? diagnosis
            : diagnosis with { Alike = await FilesAlike.ReadAsync(connection, new FileId(row.Id), cancellationToken) };
    }

    /// <summary>The inferred types of the fields; empty when they cannot be read.</summary>
    static IReadOnlyList<string> TypesOf(FileRow row, FileRow? archive, Trial trial)
    {
        if (trial.Layout is not { } layout) return [];
        using var found = FoundInput.Open(row, archive, trial.Options);
        try
        {
            return found.Input is not { Archive: null } input ? []
                : TableInference.TypesOf(input, layout, trial.Options.Csv,
                    ColumnNames.Choose(layout.Names, layout.FieldCount, keepNames: true, _ => null), SampledRecords);
        }
        catch (Exception failure) when (failure is IOException or BrokenContentException or InvalidDataException)
        {
            return [];
        }
    }

    /// <summary>The predicted result of loading the whole file; null for a large one, or if that does not matter.</summary>
    async Task<DryRunResult?> TryWholeAsync(
        FileRow row, FileRow? archive, Trial trial, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (trial is not { Fault: TrialFault.None, Table: not null } || archive is not null || row.Size > TriedWhole) return null;
        try
        {
            return await new DryRun(trial.Options, connection, time).RunAsync(row.Path, shown: 0, cancellationToken);
        }
        catch (TargetTableException)
        {
            return null;
        }
    }

    /// <summary>Whether only the encoding prevents the file from being read: its bytes are readable, and may be text in several
    /// encodings.</summary>
    static bool IsUnclear(FileRow row, FileRow? archive, PipelineOptions options)
    {
        // With a single-byte encoding the content is still as stored.
        if (OptionChange.Apply(options, [new OptionSetting("encoding", "\"windows-1252\"")]) is not { } asStored) return false;
        using var found = FoundInput.Open(row, archive, asStored);
        try
        {
            return found.Input is { Archive: null } input && EncodingGuess.Of(input.Content).Encoding is null;
        }
        catch (Exception failure) when (failure is IOException or BrokenContentException)
        {
            return false;
        }
    }

    static bool ReadsWell(FileRow row, FileRow? archive, PipelineOptions options)
    {
        using var found = FoundInput.Open(row, archive, options);
        return HeadReader.Read(found, options) is { Lines.Count: > 0 } head
            && head.Lines.All(line => !line.Text.Any(c => c is '\uFFFD' or '\uFFFF' || (char.IsControl(c) && c != '\t')));
    }

    static FileColumns? ColumnsOf(FileRow row, PipelineOptions options, Trial trial, FileEvidence evidence)
    {
        if (trial is { Layout: { } layout, Table: { } table }) return ColumnPairing.Of(options, table, layout, trial.Binding);
        if (trial.Layout is { } alone) return ColumnPairing.Of(options.Table, alone);
        if (trial.Table is not { } known || row is { RecordsRead: 0, ColumnsNote: null, Status: not "loaded" }) return null;
        return evidence is { Header: { Count: > 0 } names, Fields: { } fields }
            ? ColumnPairing.OfHeader(options, known, names, fields)
            : ColumnPairing.Of(options, known, row.ColumnsNote);
    }

    async Task<(FileRow? File, FileRow? Archive, PipelineOptions? Options)> FindAsync(
        FileId file, CancellationToken cancellationToken)
    {
        var views = new FileViews(dataSource);
        if (await views.FindAsync(file, cancellationToken) is not { } row) return default;
        var archive = row.ParentId is { } parent ? await views.FindAsync(new FileId(parent), cancellationToken) : null;
        if (await new PipelineLedger(dataSource).ConfigAsync(row.Pipeline, cancellationToken) is not { } config)
            return (row, archive, null);
        PipelineOptions options;
        try
        {
            options = PipelineJson.Read(config);
            if (row.Target is { } target) options = options.ForTable(target);
        }
        catch (System.Text.Json.JsonException)
        {
            return (row, archive, null); // of another version of this program
        }

        return (row, archive, options);
    }

    async Task<T> WithinAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        if (!await Readers.WaitAsync(Patience, cancellationToken)) throw new TimeoutException();
        var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var timer = time.CreateTimer(
            static state => ((CancellationTokenSource)state!).Cancel(), stop, Patience, Timeout.InfiniteTimeSpan);
        // On a thread of its own: reading a file cannot be cancelled, and a read that hangs blocks its slot and its connection,
        // but not the caller.
        var running = Task.Run(async () =>
        {
            try
            {
                return await work(stop.Token);
            }
            finally
            {
                await timer.DisposeAsync();
                stop.Dispose();
                Readers.Release();
            }
        }, CancellationToken.None);
        try
        {
            return await running.WaitAsync(Patience + TimeSpan.FromSeconds(1), time, cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException();
        }
    }
}
