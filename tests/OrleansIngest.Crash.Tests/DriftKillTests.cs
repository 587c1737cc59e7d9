using System.Globalization;
using System.Text;
using OrleansIngest.Testing;

namespace OrleansIngest.Crash.Tests;

/// <summary>G2 for pipelines whose table follows its files, or that keep what it has no column for: SIGKILL at any moment, the
/// change of the table among them, loses nothing and doubles nothing.</summary>
public sealed class DriftKillTests
{
    static readonly string[] Points = ["claimed", "altering", "altered", "enqueued", "copying", "copied", "committing",
        "committed"];

    /// <summary>60 with INGEST_LONG_TESTS=1, else 8.</summary>
    static readonly int Kills = Environment.GetEnvironmentVariable("INGEST_LONG_TESTS") == "1" ? 60 : 8;

    /// <summary>Each file has a column of its own, and values that an int cannot hold in its last records.</summary>
    [Theory]
    [InlineData(""" "extraColumns": "rescue", "rescueColumn": "rescued", """, "rescued->>'{0}'")]
    [InlineData(""" "extraColumns": "add", """, "to_jsonb(t)->>'{0}'")]
    [InlineData(""" "extraColumns": "add", "wholeFile": true, """, "to_jsonb(t)->>'{0}'")]
    public async Task Kills_at_random_moments_leave_every_field_once(string options, string field)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        var folder = TestPostgres.NewFolder();
        Directory.CreateDirectory(Path.Combine(folder, "in"));
        var config = Path.Combine(folder, "ingest.json");
        await File.WriteAllTextAsync(config, $$"""
            { "pipelines": [ { {{options}} "typeChanges": "widen", "name": "crash", "watch": ["in"], "table": "t",
                "settleTime": "0", "batchRecords": 500, "retryInitialDelay": "10ms", "maxOwnerDeaths": 1000 } ] }
            """, TestContext.Current.CancellationToken);
        await ExecuteAsync(database, "CREATE TABLE t (file int NOT NULL, id smallint NOT NULL, v varchar(8), rescued jsonb)");
        var random = new Random(20261126);
        var (files, killed) = (0, 0);
        for (var run = 0; killed < Kills && run < 6 * Kills; run++)
        {
            if (run % 2 == 0) Add(folder, files++);
            var crashAt = run % 3 == 2 ? null : $"{Points[random.Next(Points.Length)]}:{random.Next(1, 4)}";
            using var process = IngestProcess.Start(database.ConnectionString, crashAt, "load", Path.Combine(folder, "in"),
                "--config", config);
            if (crashAt is null)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(0, 1000)), TimeProvider.System,
                    TestContext.Current.CancellationToken);
                process.Kill();
            }

            await process.WaitAsync();
            if (process.ExitCode == 137) killed++;
        }

        killed.ShouldBeGreaterThanOrEqualTo(Kills);
        Add(folder, files++);
        using (var last = IngestProcess.Start(database.ConnectionString, null, "load", Path.Combine(folder, "in"),
            "--config", config))
        {
            var said = await last.WaitAsync();
            last.ExitCode.ShouldBe(0, said);
        }

        for (var file = 0; file < files; file++)
        {
            var name = string.Format(CultureInfo.InvariantCulture, field, $"c{file}");
            (await ScalarAsync(database,
                $"SELECT count(*) || ' ' || count(DISTINCT id) || ' ' || sum(id) || ' ' || bool_and(({name}) = 'x' || id || '\"' "
                    + $"AND v = 'v' || id) FROM t WHERE file = {file}"))
                .ShouldBe(string.Create(CultureInfo.InvariantCulture, $"{Records} {Records} {Sum} true"));
        }

        (await ScalarAsync(database,
            "SELECT count(*) || ' ' || sum(rows_loaded) || ' ' || sum(rows_rejected) FROM ingest.file WHERE status = 'loaded'"))
            .ShouldBe(string.Create(CultureInfo.InvariantCulture, $"{files} {files * Records} 0"));
        (await ScalarAsync(database,
            "SELECT string_agg(format_type(atttypid, atttypmod), ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = "
                + "'t'::regclass AND attname IN ('id', 'v')"))
            .ShouldBe("bigint, character varying(16)");
        if (options.Contains("add", StringComparison.Ordinal))
            (await ScalarAsync(database, "SELECT count(*)::text FROM ingest.history WHERE kind = 'file.drift.added'")).ShouldBe(
                $"{files}");
    }

    const int Small = 3_000;
    const int Records = Small + 2;
    const long Large = 5_000_000_000_000, Middle = 100_000;
    const long Sum = (long)Small * (Small + 1) / 2 + Middle + Large;

    static void Add(string folder, int file)
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"file,id,v,c{file}\n"));
        for (var id = 1; id <= Small; id++) Line(id);
        Line(Middle);
        Line(Large);
        var path = Path.Combine(folder, "in", string.Create(CultureInfo.InvariantCulture, $"f{file:00}.csv"));
        File.WriteAllText(path + ".tmp", text.ToString());
        File.Move(path + ".tmp", path);

        void Line(long id) => text.Append(CultureInfo.InvariantCulture, $"{file},{id},v{id},\"x{id}\"\"\"\n");
    }

    static async Task ExecuteAsync(TestDatabase database, string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    static async Task<string> ScalarAsync(TestDatabase database, string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return (string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
