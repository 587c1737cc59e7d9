using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>The progress of pipelines, with the names of Spark's streaming queries.</summary>
public sealed class ProgressViews(NpgsqlDataSource dataSource)
{
    /// <summary>Length of a window.</summary>
    public const int WindowSeconds = 5;

    /// <summary>Maximum number of past windows, as in Spark.</summary>
    public const int MostWindows = 100;

    // As in FineSeries; and by the watched directory that a file is in.
    const string Sums =
        """
        SELECT directory, at, sum(records)::bigint, sum(rows_loaded)::bigint, sum(rows_rejected)::bigint, sum(read_us)::bigint,
            sum(wait_us)::bigint,
            sum(copy_us)::bigint, sum(commit_us)::bigint, sum(greatest(0, ended - greatest(began, before)) * 1e6)::bigint
        FROM (SELECT *, coalesce(max(ended) OVER (ORDER BY began, ended ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
            began) AS before
            FROM (SELECT (SELECT w.n FROM unnest($4::text[]) WITH ORDINALITY AS w (directory, n)
                WHERE starts_with(f.path, w.directory || '/')
                        ORDER BY length(w.directory) DESC LIMIT 1) AS directory,
                    floor(extract(epoch FROM b.committed_at) / $3)::bigint AS at, b.records, b.rows_loaded, b.rows_rejected,
                    b.read_us, b.wait_us, b.copy_us, b.commit_us, extract(epoch FROM b.committed_at)::float8 AS ended,
                    extract(epoch FROM b.committed_at)::float8 - (b.read_us + b.wait_us + b.copy_us) / 1e6 AS began
                FROM ingest.batch b JOIN ingest.file f USING (file_id) WHERE b.committed_at >= $1 AND b.committed_at < $2
                    AND f.pipeline = $5) b) b
        GROUP BY directory, at
        """;

    /// <summary>The last completed windows, newest last.</summary>
    /// <param name="pipeline">Its summary, from <see cref="PipelineViews"/>.</param>
    /// <param name="coordinator">The node of its coordinator; null if there is none.</param>
    /// <param name="now">The database's clock.</param>
    /// <param name="last">Number of windows, 1 to <see cref="MostWindows"/>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<IReadOnlyList<StreamingQueryProgress>> ReadAsync(
        PipelineSummary pipeline, string? coordinator, DateTimeOffset now, int last, CancellationToken cancellationToken)
    {
        var end = now.ToUnixTimeSeconds() / WindowSeconds;
        await using var command = dataSource.CreateCommand(Sums);
        command.Parameters.Put(DateTimeOffset.FromUnixTimeSeconds((end - last) * WindowSeconds).UtcDateTime,
            NpgsqlDbType.TimestampTz);
        command.Parameters.Put(DateTimeOffset.FromUnixTimeSeconds(end * WindowSeconds).UtcDateTime, NpgsqlDbType.TimestampTz);
        command.Parameters.Put(WindowSeconds, NpgsqlDbType.Integer);
        command.Parameters.Put(pipeline.Watch.Select(w => w.TrimEnd('/')).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text);
        command.Parameters.Put(pipeline.Name, NpgsqlDbType.Text);
        var sums = (await command.ReadAllAsync(r => new Sum(
            r.IsDBNull(0) ? 0 : (int)r.GetInt64(0) - 1, r.GetInt64(1), r.GetInt64(2), r.GetInt64(3), r.GetInt64(4), r.GetInt64(5),
            r.GetInt64(6), r.GetInt64(7),
            r.GetInt64(8), r.GetInt64(9)), cancellationToken)).ToLookup(s => s.Window);
        var runId = IdOf($"run {pipeline.Name} {coordinator}");
        return [.. Enumerable.Range(0,
            last).Select(i => Window(pipeline, runId, end - last + i, i == last - 1, [.. sums[end - last + i]]))];
    }

    static StreamingQueryProgress Window(PipelineSummary pipeline, Guid runId, long window, bool isNewest, Sum[] sums)
    {
        var busy = sums.Sum(s => s.Busy);
        var records = sums.Sum(s => s.Records);
        return new StreamingQueryProgress
        {
            Id = IdOf($"pipeline {pipeline.Name}"),
            RunId = runId,
            Name = pipeline.Name,
            Timestamp = DateTimeOffset.FromUnixTimeSeconds(window * WindowSeconds),
            BatchId = window,
            BatchDuration = WindowSeconds * 1000,
            NumInputRows = records,
            InputRowsPerSecond = Rate(records),
            ProcessedRowsPerSecond = Rate(records, busy),
            DurationMs = new SortedDictionary<string, long>(StringComparer.Ordinal)
            {
                ["addBatch"] = sums.Sum(s => s.Read + s.Copy) / 1000,
                ["commitOffsets"] = sums.Sum(s => s.Commit) / 1000,
                ["copy"] = sums.Sum(s => s.Copy) / 1000,
                ["parse"] = sums.Sum(s => s.Read) / 1000,
                ["triggerExecution"] = busy / 1000,
                ["wait"] = sums.Sum(s => s.Wait) / 1000,
            },
            EventTime = new Dictionary<string, string>(),
            StateOperators = [],
            Sources = [.. Directories(pipeline).Select((directory, i) => Source(pipeline, directory, i, window, isNewest, sums))],
            Sink = new SinkProgress($"PostgresTable[{pipeline.Table}]", sums.Sum(s => s.Loaded), new Dictionary<string, string>
            {
                ["numCorruptRows"] = Text(sums.Sum(s => s.Rejected)),
            }),
            ObservedMetrics = new Dictionary<string, IReadOnlyDictionary<string, long>>(),
        };
    }

    static SourceProgress Source(PipelineSummary pipeline, string directory, int place, long window, bool isNewest, Sum[] sums)
    {
        var own = sums.Where(s => s.Directory == place).ToArray();
        var metrics = new SortedDictionary<string, string>(StringComparer.Ordinal)
        { ["numCorruptRows"] = Text(own.Sum(s => s.Rejected)) };
        if (isNewest && place == 0)
        {
            metrics["numFilesOutstanding"] = Text(pipeline.Backlog.Files);
            metrics["numBytesOutstanding"] = Text(pipeline.Backlog.Bytes);
            metrics["approximateQueueSize"] = Text(pipeline.Backlog.Files);
            metrics["numFilesInFlight"] = Text(pipeline.InFlight.Files);
            metrics["oldestFileAgeMs"] = Text((long)((pipeline.Backlog.OldestSeconds ?? 0) * 1000));
        }

        return new SourceProgress
        {
            Description = $"FileStreamSource[{directory}]",
            StartOffset = new LogOffset(window),
            EndOffset = new LogOffset(window + 1),
            LatestOffset = new LogOffset(window + 1),
            NumInputRows = own.Sum(s => s.Records),
            InputRowsPerSecond = Rate(own.Sum(s => s.Records)),
            ProcessedRowsPerSecond = Rate(own.Sum(s => s.Records), own.Sum(s => s.Busy)),
            Metrics = metrics,
        };
    }

    static IEnumerable<string> Directories(PipelineSummary pipeline) => pipeline.Watch.Count == 0 ? [""] : pipeline.Watch;

    static double Rate(long records) => Math.Round(records / (double)WindowSeconds, 1);

    static double? Rate(long records, long busyMicroseconds) =>
        busyMicroseconds == 0 ? null : Math.Round(records / (busyMicroseconds / 1e6), 1);

    static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    static Guid IdOf(string text) => new(SHA256.HashData(Encoding.UTF8.GetBytes("orleans-ingest " + text)).AsSpan(0, 16));

    sealed record Sum(int Directory, long Window, long Records, long Loaded, long Rejected, long Read, long Wait, long Copy,
        long Commit, long Busy);
}
