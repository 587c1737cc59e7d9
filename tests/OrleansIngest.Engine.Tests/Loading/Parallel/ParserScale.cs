using System.Diagnostics;
using System.Globalization;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Formats.Splitting;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Engine.Sources.FileSystem;
using OrleansIngest.Engine.Targets.Postgres.Rows;
using OrleansIngest.Engine.Tests.Sources.FileSystem;
using OrleansIngest.Engine.Tests.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Tests.Loading.Parallel;

/// <summary>How reading one file scales with parsers, without a server: rows are encoded and thrown away. Run by
/// <c>bench/parsers.sh</c>.</summary>
public sealed class ParserScale : IDisposable
{
    static readonly int Megabytes = int.Parse(Environment.GetEnvironmentVariable("INGEST_BENCH_MB") ?? "200",
        CultureInfo.InvariantCulture);

    static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("INGEST_BENCH_ROUNDS") ?? "7",
        CultureInfo.InvariantCulture);

    readonly TemporaryDirectory _directory = new();
    readonly CopyPlan _plan = TextBatchReaderTests.Plan();
    readonly PipelineOptions _options = new() { Name = "events", Table = "events", BatchTime = TimeSpan.FromHours(1) };
    long _rows;

    public void Dispose() => _directory.Dispose();

    [Fact(Explicit = true)]
    public void Print_RatesOfScanAndParsers()
    {
        using var content = Events();
        _options.Csv.Header = false;
        var format = new CsvFormat(_options.Csv);
        var input = new RecordInput(format, content, format.LayoutOf([], _plan.FieldCount, ","));
        (string Name, Action Run)[] cases =
        [
            ("scan", () => Scan(input)),
            ("scan and hash", () => ScanAndHash(content, input)),
            ("one parser", () => Sequential(input)),
            ("scan, 1 parser", () => Parts(input, 1)),
            ("scan, 2 parsers", () => Parts(input, 2)),
            ("scan, 4 parsers", () => Parts(input, 4)),
        ];
        var wall = cases.Select(_ => new List<double>()).ToArray();
        var cpu = cases.Select(_ => new List<double>()).ToArray();
        for (var round = -1; round < Rounds; round++) // the first one is compiled
        {
            for (var i = 0; i < cases.Length; i++)
            {
                var at = (i + round + 1) % cases.Length;
                var (begun, used) = (Stopwatch.GetTimestamp(), Process.GetCurrentProcess().TotalProcessorTime);
                cases[at].Run();
                if (round < 0) continue;
                wall[at].Add(content.Length!.Value / Stopwatch.GetElapsedTime(begun).TotalSeconds / 1e6);
                cpu[at].Add(content.Length!.Value / (Process.GetCurrentProcess().TotalProcessorTime - used).TotalSeconds / 1e6);
            }
        }

        var output = TestContext.Current.TestOutputHelper!;
        output.WriteLine(
            $"{content.Length / 1_000_000} MB of events, {Environment.ProcessorCount} processors, {Rounds} rounds; "
                + "medians, in MB");
        for (var i = 0; i < cases.Length; i++)
            output.WriteLine($"{cases[i].Name,-16} {Median(wall[i]),8:F0} a second {Median(cpu[i]),8:F0} a processor second");
        output.WriteLine(
            $"the scan feeds {Median(cpu[0]) / Median(cpu[2]):F1} parsers, with the hash {Median(cpu[1]) / Median(cpu[2]):F1}");
    }

    FileContent Events()
    {
        var path = _directory["events.csv"];
        using (var file = File.CreateText(path))
        {
            for (var i = 0; file.BaseStream.Length < Megabytes * 1_000_000L; i++, _rows++)
            {
                file.Write(string.Create(CultureInfo.InvariantCulture,
                    $"{90_000 + i},view,{i % 977},{(i % 8 == 0 ? "\"Café, \"\"Größe\"\"" : "Café product")} {i % 13}"));
                file.Write(string.Create(CultureInfo.InvariantCulture,
                    $"{(i % 8 == 0 ? "\"" : "")},{i % 400}.{i % 90 + 10},2025-01-01T00:{i % 60:00}:{i % 60:00}.089Z,s{i:x16}\n"));
            }
        }

        return new FileContent(path);
    }

    RecordSplitter Splitter(RecordInput input) =>
        new(input, SplitSigns.Of(input)!, new PositionSpan(0, input.Content.Length!.Value), new RecordPosition(1, 1));

    void Scan(RecordInput input)
    {
        using var splitter = Splitter(input);
        while (splitter.Take(2 << 20, _options.BatchRecords) is not null)
        {
            // Nothing but the scan.
        }

        (splitter.Next.Position.Record - 1).ShouldBe(_rows);
    }

    void ScanAndHash(FileContent content, RecordInput input)
    {
        using var hash = new ContentHash();
        Scan(input with { Content = new HashedContent(content, hash) });
        hash.Finish(content, content.Length!.Value).ShouldNotBeNull();
    }

    void Sequential(RecordInput input)
    {
        var span = new PositionSpan(0, input.Content.Length!.Value);
        using var reader = BatchReaderFactory.Open(input, span, new RecordPosition(1, 1), _plan, _options, TimeProvider.System);
        long rows = 0;
        while (!reader.AtEnd) rows += Fill(reader);
        rows.ShouldBe(_rows);
    }

    void Parts(RecordInput input, int parsers)
    {
        using var splitter = Splitter(input);
        long rows = 0;
        Thread[] threads = [.. Enumerable.Range(0, parsers).Select(_ => new Thread(Work))];
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        rows.ShouldBe(_rows);

        void Work()
        {
            while (true)
            {
                SpanPart? next;
                lock (splitter) next = splitter.Take((long)(_options.BatchBytes * 0.8), _options.BatchRecords);
                if (next is not { } part) return;
                var span = new PositionSpan(part.Start.Offset, input.Content.Length!.Value);
                using var reader = BatchReaderFactory.Open(input, span, part.Start.Position, _plan, _options,
                    TimeProvider.System);
                if (!part.IsLast) reader.StopAt = part.End.Offset;
                while (!reader.AtEnd) Interlocked.Add(ref rows, Fill(reader));
                if (!part.EndsAt(reader.NextOffset, reader.Next))
                    throw new InvalidOperationException($"{reader.NextOffset} is not {part.End}");
            }
        }
    }

    int Fill(IBatchReader reader)
    {
        var budget = MemoryBudget.Of(_options.BatchBytes);
        using var rows = new EncodedRows(_plan, _options.BatchBytes, budget)
        {
            StartOffset = reader.NextOffset,
            FirstRecord = reader.Next.Record,
            FirstLine = reader.Next.Line,
        };
        reader.Fill(rows);
        return rows.RowCount;
    }

    static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
