using Npgsql;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Loading.Routing;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Pipelines.Metadata;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Engine.Targets.Postgres.Rows;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Examination;

/// <summary>Performs the first steps of a load on the beginning of a file: opens it, detects its layout, binds its header,
/// creates its plan. Writes nothing.</summary>
/// <param name="file">The file.</param>
/// <param name="archive">The archive that it is in; null for none.</param>
/// <param name="connection">Open, to the database of the table.</param>
/// <param name="time">Clock for rules that refer to the current time.</param>
sealed class TrialRun(FileRow file, FileRow? archive, NpgsqlConnection connection, TimeProvider time)
{
    const string NoTable = "public.corrupt_records";

    /// <summary>Records of a sample: enough to see how values are written, few enough to try a dozen options within a
    /// second.</summary>
    const int SampledRecords = 2_000;

    /// <summary>Tries it with these options.</summary>
    public async Task<Trial> RunAsync(PipelineOptions options, CancellationToken cancellationToken)
    {
        using var found = FoundInput.Open(file, archive, options);
        var trial = new Trial(options) { Source = found.State, Note = found.Note };
        trial = await WithTableAsync(trial, cancellationToken);
        if (found.Input is not { } input) return trial with { Fault = TrialFault.Source, Message = found.Note };
        trial = trial with { Format = input.Format.Name };
        try
        {
            if (input.Refusal() is { } refusal) return trial with { Fault = TrialFault.Content, Message = refusal };
            if (input.Archive is not null) return OfArchive(trial, input);
            if (input.IsEmpty || input.Stored.Length == 0) return trial with { Fault = TrialFault.None, Message = null };
            string[]? columns = trial.Table is { } known ? [.. known.Columns.Select(c => c.Name)] : null;
            trial = trial with { Layout = input.Format.ReadLayout(input.Content, columns) };
        }
        catch (LayoutException failure)
        {
            return trial with { Fault = TrialFault.Layout, Message = failure.Message };
        }
        catch (BrokenContentException failure)
        {
            return trial with { Fault = TrialFault.Content, Message = failure.Message };
        }
        catch (IOException failure)
        {
            return trial with { Fault = TrialFault.Source, Message = ClaimEnding.CannotBeRead(failure) };
        }

        return trial.Table is null ? trial : await WithPlanAsync(trial, trial.Table, trial.Layout, cancellationToken);
    }

    /// <summary>The predicted result of loading the first records. Only after a trial with the same options that found no fault
    /// and a table.</summary>
    /// <param name="options">Those of the trial.</param>
    /// <param name="altered">The table as it would be after a change; null: as it is.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<DryRunResult> SampleAsync(
        PipelineOptions options, Func<TargetTable, TargetTable>? altered, CancellationToken cancellationToken)
    {
        var briefly = options.Copy();
        briefly.BatchRecords = Math.Min(options.BatchRecords, SampledRecords);
        var reader = new DryRun(briefly, connection, time) { MostRecords = SampledRecords, Altered = altered ?? (t => t) };
        try
        {
            return await reader.RunAsync(file.Path, () => FoundInput.Opened(file, archive, briefly), 0, cancellationToken);
        }
        catch (TargetTableException failure)
        {
            return new DryRunResult { Refusal = failure.Message };
        }
    }

    /// <summary>An archive fills no table itself: its members are separate files.</summary>
    static Trial OfArchive(Trial trial, OpenedInput archive) => archive.List().Entries.Count > 0
        ? trial with { Fault = TrialFault.None, Message = null, Table = null }
        : trial with { Fault = TrialFault.Content, Message = "the archive contains no data files" };

    async Task<Trial> WithTableAsync(Trial trial, CancellationToken cancellationToken)
    {
        try
        {
            if (trial.Options.IsTemplate) trial = trial with { Options = FileRoute.Of(trial.Options, file.Path) };
            var table = await PipelineTable.ReadAsync(trial.Options, connection, withShape: false, cancellationToken);
            return trial with { Table = table };
        }
        catch (TargetTableException failure) when (failure.IsMissing)
        {
            return trial.Options.CreateTable ? trial : trial with { Fault = TrialFault.NoTable, Message = failure.Message };
        }
        catch (TargetTableException failure)
        {
            return trial with { Fault = TrialFault.Table, Message = failure.Message };
        }
    }

    async Task<Trial> WithPlanAsync(Trial trial, TargetTable table, RecordLayout layout, CancellationToken cancellationToken)
    {
        var options = trial.Options;
        try
        {
            var kept = await StoredHeaders.ReadAsync(connection, table, cancellationToken);
            trial = trial with { Binding = PlanFactory.Bind(options, table, kept, layout) };
            var session = await SessionSettings.ReadAsync(connection, cancellationToken);
            var now = time.GetUtcNow();
            await PlanFactory.SettledAsync(options, table, session, kept, NoTable, layout, now, connection, cancellationToken);
            await PipelineTable.CheckAsync(options, connection, cancellationToken);
            return trial;
        }
        catch (Exception failure) when (failure is HeaderException or MetadataException)
        {
            return trial with { Fault = TrialFault.Header, Message = failure.Message };
        }
        catch (TargetTableException failure)
        {
            return trial with { Fault = TrialFault.Table, Message = failure.Message };
        }
    }
}
