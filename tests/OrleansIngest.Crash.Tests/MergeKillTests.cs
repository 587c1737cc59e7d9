using System.Globalization;
using Npgsql;
using OrleansIngest.Testing;

namespace OrleansIngest.Crash.Tests;

/// <summary>G2 for merges: a file that is killed and resumed at any moment leaves the table that it leaves in
/// one go, rows in file order.</summary>
public sealed class MergeKillTests
{
    static readonly string[] Points = RandomKills.BatchPoints;

    /// <summary>Kills for each mode: 40 with INGEST_LONG_TESTS=1, else 8.</summary>
    static readonly int Kills = Environment.GetEnvironmentVariable("INGEST_LONG_TESTS") == "1" ? 40 : 8;

    [Theory]
    [InlineData("upsert", "CREATE TABLE t (id int PRIMARY KEY, v text, n int CHECK (n > 0))")]
    [InlineData("insertNew", "CREATE TABLE t (id int PRIMARY KEY, v text, n int CHECK (n > 0)) PARTITION BY HASH (id); "
        + "CREATE TABLE t0 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 0); CREATE TABLE t1 PARTITION OF t FOR VALUES "
        + "WITH (MODULUS 2, REMAINDER 1)")]
    public async Task Kills_at_random_moments_leave_the_table_of_the_model(string mode, string table)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        var folder = TestPostgres.NewFolder();
        var config = Path.Combine(folder, "ingest.json");
        await File.WriteAllTextAsync(config, $$"""
            { "pipelines": [ { "name": "crash", "watch": ["in"], "table": "t", "write": "{{mode}}", "key": ["id"],
              "settleTime": "0", "batchRecords": 400, "retryInitialDelay": "10ms", "maxOwnerDeaths": 1000 } ] }
            """, TestContext.Current.CancellationToken);
        await using (var create = source.CreateCommand(table))
            await create.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        var random = new Random(mode.Length);
        var model = new SortedDictionary<int, string>();
        var (kills, files, tries) = (0, 0, 0);
        while (kills < Kills)
        {
            var path = Path.Combine(folder, $"{files++}.csv");
            await WriteAsync(path, files, random, model, mode == "upsert");
            for (var isLoaded = false; !isLoaded; tries++)
            {
                tries.ShouldBeLessThan(6 * Kills);
                var crashAt = kills >= Kills || tries % 3 == 0 ? null
                    : $"{Points[random.Next(Points.Length)]}:{random.Next(1, 8)}";
                using var run = IngestProcess.Start(database.ConnectionString, crashAt, "load", path, "--config", config);
                if (tries % 3 == 0 && kills < Kills)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(random.Next(200, 1500)), TimeProvider.System,
                        TestContext.Current.CancellationToken);
                    run.Kill();
                }

                var said = await run.WaitAsync();
                if (run.ExitCode == 137) kills++;
                else run.ExitCode.ShouldBe(0, said);
                isLoaded = run.ExitCode == 0;
            }
        }

        (await RowsAsync(source, "SELECT id || '|' || v FROM t ORDER BY id")).ShouldBe(
            [.. model.Select(m => $"{m.Key}|{m.Value}")]);
        (await RowsAsync(source,
            "SELECT count(*)::text || ' ' || sum(rows_inserted) FROM ingest.file WHERE status = 'loaded'")).ShouldBe(
                [$"{files} {model.Count}"]);
        (await RowsAsync(source,
            "SELECT DISTINCT (rows_loaded = rows_inserted + rows_updated + rows_unchanged)::text FROM ingest.file")).ShouldBe(
                ["true"]);
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>12,000 records; batches have some that only the server refuses. Odd files have 3,000 keys between them; even ones
    /// have keys of their own, so that the merge comes to expect new ones, and some of the others behind them.</summary>
    static async Task WriteAsync(string path, int file, Random random, SortedDictionary<int, string> model, bool isUpsert)
    {
        await using var writer = new StreamWriter(path);
        await writer.WriteAsync("id,v,n\n");
        for (var i = 0; i < 12_000; i++)
        {
            var isNew = file % 2 == 0 && i < 11_000;
            var (id, v, isBad) = (isNew ? 20_000 * file + i : random.Next(3000), $"{file}-{i}",
                random.Next(200) == 0 && !(isNew && i > 2000));
            await writer.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"{id},{v},{(isBad ? 0 : 1)}\n"));
            if (isBad) continue;
            if (isUpsert) model[id] = v;
            else model.TryAdd(id, v);
        }
    }

    static async Task<string[]> RowsAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync()) rows.Add(reader.GetString(0));
        return [.. rows];
    }
}
