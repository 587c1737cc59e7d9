using Microsoft.Extensions.Logging.Abstractions;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Loading;

/// <summary>Upsert and insertNew against a model that knows nothing of batches, and under several nodes at once.</summary>
public sealed class MergeModelTests
{
    const string Plain = "CREATE TABLE t (id int PRIMARY KEY, v text, n int CHECK (n >= 0), at int)";

    const string Partitioned =
        """
        CREATE TABLE t (id int PRIMARY KEY, v text, n int CHECK (n >= 0), at int) PARTITION BY RANGE (id);
        CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (13); CREATE TABLE t2 PARTITION OF t DEFAULT
        """;

    /// <summary>No encoder knows xml, so that all rows go as text.</summary>
    const string AsText = "CREATE TABLE t (id int PRIMARY KEY, v xml, n int CHECK (n >= 0), at int)";

    sealed record Row(string V, int N, int? At);

    [Theory]
    [InlineData(WriteMode.Upsert, false, false, Plain, 1)]
    [InlineData(WriteMode.Upsert, false, false, Partitioned, 2)]
    [InlineData(WriteMode.Upsert, false, false, AsText, 3)]
    [InlineData(WriteMode.Upsert, true, false, Plain, 4)]
    [InlineData(WriteMode.Upsert, true, false, Partitioned, 5)]
    [InlineData(WriteMode.Upsert, false, true, Plain, 6)]
    [InlineData(WriteMode.Upsert, true, true, Plain, 7)]
    [InlineData(WriteMode.InsertNew, false, false, Plain, 8)]
    [InlineData(WriteMode.InsertNew, false, false, Partitioned, 9)]
    public async Task Merge_RandomFiles_EqualsTheModel(WriteMode mode, bool onlyIfNewer, bool isPartial, string table, int seed)
    {
        var random = new Random(seed);
        await using var bench = await LoadBench.CreateAsync(table, p =>
        {
            (p.Write, p.Lanes) = (mode, 3);
            p.OnlyIfNewer = onlyIfNewer ? "at" : null;
            p.UpdateColumns = isPartial ? ["v", "at"] : [];
        });
        var model = new SortedDictionary<int, Row>();
        var rejected = 0;
        for (var round = 0; round < 6; round++)
        {
            var node = await bench.StartNodeAsync(
                change: p => p.BatchRecords = random.Next(1, 3) == 1 ? random.Next(1, 8) : random.Next(8, 100));
            for (var file = 0; file < 5; file++)
            {
                var keys = random.Next(3, 40);
                // In a row of which only a part is updated, a bad value of the rest is met or not, as batches fall.
                var records = Enumerable.Range(0, random.Next(1, 80)).Select(i => (
                    Id: random.Next(keys), Row: new Row($"{round}-{file}-{i}",
                        random.Next(isPartial || random.Next(3) > 0 ? 0 : -1, 9), random.Next(4) == 0 ? null : random.Next(9))))
                        .ToList();
                foreach (var (id, row) in records.Where(r => r.Row.N >= 0)) Apply(model, id, row, mode, onlyIfNewer, isPartial);
                rejected += records.Count(r => r.Row.N < 0);
                var text = "id,v,n,at\n" + string.Concat(records.Select(r => $"{r.Id},{r.Row.V},{r.Row.N},{r.Row.At}\n"));

                var state = (await bench.LoadAsync(bench.Write($"{round}-{file}.csv", text))).Single();

                state.Status.ShouldBe("loaded", state.Reason);
                (state.Totals.Loaded + state.Totals.Rejected).ShouldBe(records.Count);
                var merged = state.Totals.Merged!.Value;
                (merged.Inserted + merged.Updated + merged.Unchanged).ShouldBe(state.Totals.Loaded);
            }

            (await bench.RowsAsync("SELECT id, v, n, at FROM t ORDER BY id"))
                .ShouldBe(
                    [.. model.Select(
                        m => $"{m.Key}|{m.Value.V}|{m.Value.N}|"
                            + (m.Value.At?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "NULL"))]);
            await bench.EndNodeAsync(node);
        }

        // Records that others of their batch replace are not judged.
        (await bench.ScalarAsync<long>("SELECT count(*) FROM corrupt_records")).ShouldBeInRange(Math.Min(1, rejected), rejected);
        (await bench.ScalarAsync<decimal>("SELECT sum(rows_inserted) FROM ingest.file")).ShouldBe(model.Count);
    }

    static void Apply(SortedDictionary<int, Row> model, int id, Row row, WriteMode mode, bool onlyIfNewer, bool isPartial)
    {
        if (model.TryAdd(id, row) || mode == WriteMode.InsertNew) return;
        var old = model[id];
        if (onlyIfNewer && old.At is not null && !(row.At > old.At)) return;
        model[id] = isPartial ? old with { V = row.V, At = row.At } : row;
    }

    /// <summary>Four lanes on two nodes, all files with the same keys in other orders.</summary>
    [Theory]
    [InlineData(WriteMode.Upsert)]
    [InlineData(WriteMode.InsertNew)]
    public async Task Merge_SameKeysAtOnce_NothingIsRejectedOrQuarantined(WriteMode mode)
    {
        const int Files = 12, Keys = 2000;
        await using var bench = await LoadBench.CreateAsync(Plain,
            p => (p.Write, p.Lanes, p.BatchRecords, p.MaxAttempts) = (mode, 2, 300, 1));
        string[] paths = [.. Enumerable.Range(0, Files).Select(file =>
        {
            var keys = Enumerable.Range(0, Keys).ToArray();
            new Random(file).Shuffle(keys);
            return bench.Write($"{file}.csv", "id,v,n,at\n" + string.Concat(keys.Select(id => $"{id},{file},{file},{file}\n")));
        })];
        var nodes = new[] { await bench.StartNodeAsync(), await bench.StartNodeAsync() };

        var states = await Task.WhenAll(nodes.Select(async (node, i) =>
        {
            await using var workers = new TaskFileWorkers(node, NullLoggerFactory.Instance);
            return await new OneShotLoad(node, bench.Pipeline.Name, workers).RunAsync(
                [.. paths.Where((_, file) => file % 2 == i).Select(LoadBench.Stat)], null, TestContext.Current.CancellationToken);
        }));

        states.SelectMany(s => s).ShouldAllBe(s => s.Status == "loaded" && s.Totals.Loaded == Keys && s.Totals.Rejected == 0);
        states.SelectMany(s => s).Sum(s => s.Totals.Merged!.Value.Inserted).ShouldBe(Keys);
        (await bench.RowsAsync("SELECT count(*), count(*) FILTER (WHERE v = n::text AND n = at) FROM t")).ShouldBe(
            [$"{Keys}|{Keys}"]);
        (await bench.ScalarAsync<long>("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")).ShouldBe(0);
    }
}
