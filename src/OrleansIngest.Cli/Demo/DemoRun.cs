using System.Collections.Concurrent;
using System.Globalization;
using Npgsql;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Generator;

namespace OrleansIngest.Cli.Demo;

/// <summary>Runs the generator and measures when its rows become visible to other sessions.</summary>
sealed class DemoRun(NpgsqlDataSource data, string pipeline, string watched, TimeProvider time, TextWriter error,
    bool terminal) : IProgress<GeneratedFile>
{
    static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);

    readonly ConcurrentDictionary<string, GeneratedFile> _placed = new();
    readonly Dictionary<string, TimeSpan> _latencies = [];
    int _shown;

    /// <summary>For each file, the time from its final name to its rows being visible in another
    /// session; polled every 5 ms.</summary>
    public IReadOnlyCollection<TimeSpan> Latencies => _latencies.Values;

    /// <summary>Ends when all files are loaded or given up.</summary>
    /// <exception cref="CliException">Some file was neither, for longer than <paramref name="patience"/> after
    /// the last one was written.</exception>
    public async Task<Manifest> GenerateAndWatchAsync(
        GeneratorOptions options, TimeSpan patience, CancellationToken cancellationToken)
    {
        var generating = Task.Run(() => EventGenerator.WriteAsync(options, this, time, cancellationToken), cancellationToken);
        var ended = 0;
        long generated = 0;
        while (!generating.IsCompleted || ended < _placed.Count)
        {
            ended = await PollAsync(options.Files, cancellationToken);
            if (generating.IsCompleted)
            {
                await generating;
                if (generated == 0) generated = time.GetTimestamp();
                if (time.GetElapsedTime(generated) > patience)
                    throw new CliException(
                        $"after {patience.TotalSeconds:0} s {_placed.Count - ended} of {Counted.Of(_placed.Count, "file")} are "
                            + "still not loaded; see the log above");
            }

            await Task.Delay(PollInterval, time, cancellationToken);
        }

        if (terminal) error.WriteLine();
        return await generating;
    }

    public void Report(GeneratedFile value) => _placed[value.Name] = value;

    async Task<int> PollAsync(int expected, CancellationToken cancellationToken)
    {
        await using var connection = await data.OpenConnectionAsync(cancellationToken);
        var states = await new LedgerReader(connection).StatesBelowAsync(pipeline, watched, cancellationToken);
        var now = time.GetUtcNow();
        foreach (var state in states.Where(s => s.Status is "loaded" or "quarantined"))
        {
            var name = Path.GetFileName(state.Path);
            if (!_placed.TryGetValue(name, out var file) || !_latencies.TryAdd(name, now - file.PlacedAt)) continue;
            if (!terminal && expected <= 100) error.WriteLine(Line(name, state, now - file.PlacedAt));
        }

        Show(states, expected);
        return states.Count(s => s.Status is "loaded" or "quarantined");
    }

    static string Line(string name, FileState state, TimeSpan latency) => state.Status == "loaded"
        ? string.Create(CultureInfo.InvariantCulture,
            $"{name}: {Counted.Of(state.Totals.Loaded, "row")}, {state.Totals.Rejected} rejected, visible after "
                + $"{latency.TotalMilliseconds:0} ms")
        : $"{name}: {state.Status}: {state.Reason}";

    void Show(IReadOnlyList<FileState> states, int expected)
    {
        var loaded = states.Count(s => s.Status == "loaded");
        if (loaded == _shown) return;
        _shown = loaded;
        if (!terminal) return;
        error.Write(string.Create(CultureInfo.InvariantCulture,
            $"\r{_placed.Count}/{Counted.Of(expected, "file")} written, {loaded} loaded, "
                + $"{Counted.Of(states.Sum(s => s.Totals.Loaded), "row")}, {states.Sum(s => s.Totals.Rejected):N0} rejected   "));
    }
}
