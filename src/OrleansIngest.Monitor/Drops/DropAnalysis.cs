using System.Text;
using System.Text.Json.Nodes;
using Npgsql;
using OrleansIngest.Engine.Examination;
using OrleansIngest.Engine.Inference;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Rows;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Monitor.Drops;

/// <summary>Looks at a dropped file as <c>ingest init</c> and <c>ingest check</c> do. Writes nothing.</summary>
sealed class DropAnalysis(MonitorDatabase database, MonitorDatabases databases, TimeProvider time)
{
    const int ShownRecords = 20, ShownRejects = 20, LongestRaw = 1000;

    /// <summary>A check reads the whole file; one that takes longer is the business of <c>ingest check</c>.</summary>
    static readonly TimeSpan CheckWithin = TimeSpan.FromSeconds(20);

    /// <summary>Two at once: a third would take the processor from the loaders.</summary>
    static readonly SemaphoreSlim Gate = new(2);

    readonly DropLedger _ledger = new(database.RowSource);

    /// <exception cref="UploadException">The file cannot be read, or the table's name is none.</exception>
    public async Task<DropReport> RunAsync(Drop drop, DropRequest words, CancellationToken cancellationToken)
    {
        await Gate.WaitAsync(cancellationToken);
        try
        {
            var (pipeline, inferred, sample) = await PlanAsync(drop, words, cancellationToken);
            var options = pipeline.Options;
            var report = new DropReport
            {
                Drop = drop.State,
                Format = sample.Format,
                Findings = inferred.Findings,
                Delimiter = sample.Format == "csv" ? inferred.Csv.Delimiter : null,
                Columns = inferred.Columns,
                Records = sample.Records,
                Sampled = inferred.Records,
                Unusable = inferred.Unusable,
                Table = options.Table,
                Exists = !options.CreateTable,
                CreateTable = options.CreateTable ? NewTable.Of(inferred, options).Sql : null,
                Pipeline = pipeline.Basis,
                Refusal = pipeline.Refusal,
                LoadedBefore = options.CreateTable ? []
                    : await _ledger.LoadedAsync(options.Table, drop.Sha256, drop.Size, drop.Path, cancellationToken),
                Pairing = options.CreateTable ? null : await PairAsync(drop, options, cancellationToken),
                Suggestion = [],
            };
            report = report with { Suggestion = SuggestionFor(drop, options, inferred, report.Pairing) };
            return options.CreateTable || pipeline.Refusal is not null ? report
                : await CheckAsync(report, drop, options, cancellationToken);
        }
        catch (InvalidDataException failure)
        {
            throw DropProblems.NotReadable(failure.Message);
        }
        finally
        {
            Gate.Release();
        }
    }

    /// <summary>How a file would be loaded.</summary>
    /// <exception cref="UploadException">As above.</exception>
    public async Task<(DropPipeline Pipeline, InferredTable Inferred, FileSample Sample)> PlanAsync(
        Drop drop, DropRequest words, CancellationToken cancellationToken)
    {
        var table = await TableAsync(words.Table ?? SuggestedNames.Table(drop.Name), cancellationToken);
        var exists = await ExistsAsync(table, cancellationToken);
        var pipeline = await DropPipeline.ForAsync(table, exists, drop, _ledger, new PipelineLedger(database.RowSource),
            cancellationToken);
        var options = pipeline.Options;
        var begun = pipeline.HasBegun ? PipelineJson.Write(options) : null;
        DropReading.Apply(words, options);
        if (begun is not null && PipelineJson.Write(options) != begun)
        {
            throw DropProblems.NotNow(
                "A load of this file was interrupted. It continues as it began, with the columns and formats that were chosen "
                    + "then.");
        }

        try
        {
            var sample = FileSample.Read(drop.Path, options, ShownRecords);
            var inferred = TableInference.Read(drop.Path, options, NewTable.SampledRecords,
                new ColumnNaming { Given = options.Columns });
            if (!exists && words.KeepOrigin && options.Metadata.Count == 0)
                DropPipeline.KeepOrigin(options, inferred, sample.HasLines);
            return (pipeline, inferred, sample);
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw DropProblems.NotReadable(failure.Message.Replace(drop.Path, drop.Name, StringComparison.Ordinal));
        }
    }

    async Task<FileColumns?> PairAsync(Drop drop, PipelineOptions options, CancellationToken cancellationToken)
    {
        await using var connection = await database.RowSource.OpenConnectionAsync(cancellationToken);
        return await FilePairing.ReadAsync(drop.Path, options, connection, cancellationToken);
    }

    async Task<bool> ExistsAsync(string table, CancellationToken cancellationToken)
    {
        await using var connection = await database.RowSource.OpenConnectionAsync(cancellationToken);
        return await NewTable.ExistsAsync(connection, table, cancellationToken);
    }

    async Task<string> TableAsync(string table, CancellationToken cancellationToken)
    {
        try
        {
            var name = await _ledger.FullNameAsync(table, cancellationToken);
            return name.Contains('{', StringComparison.Ordinal)
                ? throw DropProblems.BadTable("must not have { in it, which stands for a part of a path") : name;
        }
        catch (PostgresException failure) when (failure.SqlState is PostgresErrorCodes.InvalidName
            or PostgresErrorCodes.SyntaxError
            or PostgresErrorCodes.InvalidParameterValue or PostgresErrorCodes.FeatureNotSupported)
        {
            throw DropProblems.BadTable($"must be the name of a table, such as orders or shop.orders: {failure.MessageText}");
        }
    }

    async Task<DropReport> CheckAsync(DropReport report, Drop drop, PipelineOptions options, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(CheckWithin, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        try
        {
            await using var connection = await database.RowSource.OpenConnectionAsync(either.Token);
            var run = await new DryRun(options, connection, time).RunAsync(drop.Path, ShownRejects, either.Token);
            var check = new DropCheck(run.Good, run.Rejected, run.Skipped, run.ByReason, [.. run.Rejects.Select(Readable)],
                run.NotTried, run.Mapping, run.ColumnsNote);
            return report with { Check = check, Refusal = run.Refusal };
        }
        catch (TargetTableException failure)
        {
            return report with { Refusal = failure.Message };
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return report; // no check: the page says that the file is too large for one
        }
    }

    JsonObject SuggestionFor(Drop drop, PipelineOptions load, InferredTable inferred, FileColumns? pairing)
    {
        var pipeline = inferred.ToPipeline(SuggestedNames.Pipeline(load.Table.Replace("\"", "", StringComparison.Ordinal)), "",
            load.Table);
        (pipeline.Table, pipeline.CreateTable, pipeline.Metadata) = (load.Table, load.CreateTable, load.Metadata);
        pipeline.Database = database == databases.Main ? null : database.Name;
        pipeline.Watch = drop.Upload is null ? [Path.GetDirectoryName(drop.Path)!] : [];
        if (pairing is not null) KeepFilled(pipeline, pairing);
        var extension = Path.GetExtension(drop.Name);
        pipeline.Include = extension.Length > 1 ? ["*" + extension.ToLowerInvariant()] : [];
        return PipelineJson.WriteBrief(pipeline);
    }

    /// <summary>Names of a new table are no names of an existing one.</summary>
    static void KeepFilled(PipelineOptions pipeline, FileColumns pairing)
    {
        var columns = pairing.Pairs.Select(pair => pair.Column).OfType<string>().ToHashSet(StringComparer.Ordinal);
        pipeline.Columns = pipeline.Columns.Where(c => columns.Contains(c.Value)).ToDictionary();
    }

    static DropReject Readable(RejectedRow row)
    {
        var raw = Encoding.UTF8.GetString(row.Raw).Replace('\0', '\uFFFD');
        return new DropReject(
            row.Line > 0 ? row.Line : null, row.RecordNumber, row.ByteOffset, row.Reason, row.Column, row.Detail,
            raw.Length <= LongestRaw ? raw : raw[..LongestRaw] + "…");
    }
}
