using System.Globalization;
using System.Text.Json;
using Npgsql;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>The facts about a pipeline in the ledger, from which its summary is composed.</summary>
sealed class PipelineFacts
{
    static readonly TimeSpan StalledAfter = TimeSpan.FromSeconds(30);

    readonly Dictionary<string, (long Files, long Bytes)> _files = [];
    long _bytesInWork;
    DateTimeOffset? _oldestClaim;
    DateTimeOffset? _lastFinished;
    long _recordsLastHour;
    long _rejectsLastHour;
    long _recentRecords;
    long _recentBytes;
    long _busyMicroseconds;
    long _quarantined;
    long _allRejected;
    long _openRejects;
    long _rejectsOfAllRejected;
    LastBatch? _newest;

    public required string Name { get; init; }

    public required JsonElement Config { get; init; }

    public required OperatorOrders Orders { get; init; }

    public required DateTimeOffset Now { get; init; }

    public required DateTimeOffset? OldestWaiting { get; init; }

    public required double? ListMs { get; init; }

    public required double? ClaimMs { get; init; }

    public bool IsCoordinated => Orders.CoordinatedAt is { } at && Now - at <= PipelineLedger.UncoordinatedAfter;

    string Table => Config.TryGetProperty("table", out var table) ? table.ToString() : "";

    /// <summary>Whether its files are loaded by people, so that it needs no silo.</summary>
    bool WatchesNothing => Config.TryGetProperty("watch", out var watch) && watch.ValueKind == JsonValueKind.Array
        && watch.GetArrayLength() == 0;

    public LatencyBins Latencies { get; } = new();

    public long RowsLoaded { get; private set; }

    public long RowsRejected { get; private set; }

    public long Bytes { get; private set; }

    public static PipelineFacts Read(NpgsqlDataReader reader)
    {
        using var config = JsonDocument.Parse(reader.GetString(1));
        return new PipelineFacts
        {
            Name = reader.GetString(0),
            Config = ConfigMask.Apply(config.RootElement),
            Orders = new OperatorOrders(
                reader.GetBoolean(2), reader.Text(3), reader.Text(10), reader.Instant(11),
                reader.IsDBNull(4) ? null : reader.GetInt32(4), reader.GetInt32(5), reader.Text(6), reader.Instant(7)),
            Now = reader.Instant(8)!.Value,
            OldestWaiting = reader.Instant(9),
            ListMs = Milliseconds(reader, 12),
            ClaimMs = Milliseconds(reader, 13),
        };
    }

    public long Count(string status) => _files.GetValueOrDefault(status).Files;

    public void AddFiles(string status, long files, long bytes) => _files[status] = (files, bytes);

    public void SetInWork(long bytesDone, DateTimeOffset? oldestClaim) => (_bytesInWork, _oldestClaim) = (bytesDone, oldestClaim);

    public void SetTotals(long loaded, long rejected, long bytes, long finished, long recordsLastHour, long rejectsLastHour,
        DateTimeOffset? lastFinished)
    {
        (RowsLoaded, RowsRejected, Bytes) = (loaded, rejected, bytes);
        (_recordsLastHour, _rejectsLastHour, _lastFinished) = (recordsLastHour, rejectsLastHour, lastFinished);
    }

    public void AddRecent(long records, long bytes, long busyMicroseconds) =>
        (_recentRecords, _recentBytes, _busyMicroseconds) = (records, bytes, busyMicroseconds);

    public void SetQuarantined(long open) => _quarantined = open;

    public void SetRejects(long open, long filesAllRejected, long rejectsOfThose) =>
        (_openRejects, _allRejected, _rejectsOfAllRejected) = (open, filesAllRejected, rejectsOfThose);

    public void SetNewest(LastBatch batch) => _newest = batch;

    public PipelineSummary Summarize(TimeSpan window)
    {
        var attention = new Attention(_quarantined, _allRejected, Count("failed"), _openRejects)
        { RejectsOfThose = _rejectsOfAllRejected };
        var (status, reason) = Status(window, attention);
        var backlog = new Backlog(
            Count("discovered") + Count("ready") + Count("failed"), BytesOf("discovered") + BytesOf("ready") + BytesOf("failed"),
            OldestWaiting is null ? null : Math.Round(Math.Max(0, (Now - OldestWaiting.Value).TotalSeconds), 1));
        var bytesRate = _recentBytes / window.TotalSeconds;
        var bytesLeft = backlog.Bytes + Math.Max(0, BytesOf("loading") - _bytesInWork);
        return new PipelineSummary
        {
            Name = Name,
            Table = Table,
            Watch = Config.TryGetProperty("watch", out var watch) && watch.ValueKind == JsonValueKind.Array
                ? [.. watch.EnumerateArray().Select(w => w.ToString())] : [],
            Status = status,
            StatusReason = reason,
            InputRate = Math.Round(_recentRecords / window.TotalSeconds, 1),
            ProcessRate = _busyMicroseconds == 0 ? 0 : Math.Round(_recentRecords / (_busyMicroseconds / 1e6), 1),
            InputBytesRate = Math.Round(bytesRate, 1),
            Backlog = backlog,
            InFlight = new InFlight(Count("loading"), BytesOf("loading")),
            // The rate of a process that has ended promises nothing.
            EtaSeconds = bytesRate > 0 && status is not ("load" or "no-coordinator") && backlog.Files + Count("loading") > 0
                ? Math.Round(bytesLeft / bytesRate, 1) : null,
            LatencyMs = Latencies.ToLatency(),
            Rejects = new RejectCounts(
                _rejectsLastHour, RowsRejected,
                _recordsLastHour == 0 ? null : Math.Round(100.0 * _rejectsLastHour / _recordsLastHour, 3), _openRejects),
            Attention = attention,
            Files = new FileCounts(
                Count("discovered"), Count("ready"), Count("loading"), Count("loaded"), Count("failed"), Count("quarantined"),
                Count("ignored"), Count("vanished")),
            RowsLoaded = RowsLoaded,
            LastFileAt = Later(_lastFinished, _newest?.At),
            LastBatch = _newest,
            IsCoordinated = IsCoordinated,
            PausedAt = status == "paused" ? Orders.PausedAt : null,
            NextExpectedAt = NextExpected(),
        };
    }

    (string, string) Status(TimeSpan window, Attention attention)
    {
        var waiting = Count("discovered") + Count("ready") + Count("failed");
        var loading = Count("loading");
        var work = string.Create(CultureInfo.InvariantCulture, $"{loading:N0} {Files(loading)} loading, {waiting:N0} waiting.");
        var isOfLoad = WaitingViews.IsOfLoad(Name, Table, Orders.CoordinatedAt);
        if (Orders.Paused && !isOfLoad) return ("paused",
            $"Paused by {Orders.PausedBy ?? "an operator"}{(Orders.PausedReason is { } why ? $": {why}" : "")}. {work}");
        if (loading == 0 && isOfLoad)
            return ("load", waiting > 0 ? $"No silo runs this pipeline, only the command: run `ingest load` again. {work}"
                : $"Loaded by `ingest load`. {attention.Text ?? "Up to date"}.");
        if (loading == 0 && !IsCoordinated && !WatchesNothing)
            return ("no-coordinator", "No live silo runs this pipeline: start one with `ingest up`.");
        if (waiting + loading == 0) return ("idle", $"{attention.Text ?? "Up to date"}.");
        if (loading > 0 && Held() is { } held) work += $" {held}";
        if (_newest is not null && Now - _newest.At <= window) return ("running", work);
        // A file that settles, or waits for its next attempt, is not a stall.
        var since = Later(_newest?.At, Count("ready") > 0 ? OldestWaiting : _oldestClaim);
        if (Count("ready") + loading > 0 && since is { } quiet && Now - quiet > StalledAfter)
            return ("stalled", $"Nothing has been committed for {Elapsed.Of(Now - quiet)}. {work}");
        return Count("ready") + loading > 0
            ? ("running", work)
            : ("idle", Count("failed") > 0 ? $"Failed files are waiting for their next attempt. {work}"
                : $"New files are settling. {work}");
    }

    /// <summary>Its rate limits; null for none.</summary>
    string? Held()
    {
        var rows = Config.TryGetProperty("maxRowsPerSecond", out var most) && most.TryGetInt64(out var limit) && limit > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{limit:N0} rows/s") : null;
        var bytes = Config.TryGetProperty("maxBytesPerSecond", out var size) && size.ValueKind == JsonValueKind.String
            && SizeText.TryParse(size.GetString()!, out var length)
            && length > 0 ? $"{SizeText.Format(length)}/s" : null;
        return (rows ?? bytes) is null ? null : $"Limited to {string.Join(" and ", new[] { rows, bytes }.OfType<string>())}.";
    }

    DateTimeOffset? NextExpected()
    {
        if (!Config.TryGetProperty("expect", out var expect) || expect.ValueKind != JsonValueKind.Object) return null;
        try
        {
            return expect.Deserialize(PipelineJson.Default.ExpectOptions) is { } options
                ? ExpectedWindow.NextEnd(options, Now) : null;
        }
        catch (JsonException)
        {
            return null; // written by another version of this program
        }
    }

    static double? Milliseconds(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : Math.Round(reader.GetDouble(column), 3);

    static string Files(long count) => count == 1 ? "file" : "files";

    static DateTimeOffset? Later(DateTimeOffset? left, DateTimeOffset? right) => left is null || right > left ? right : left;

    long BytesOf(string status) => _files.GetValueOrDefault(status).Bytes;
}
