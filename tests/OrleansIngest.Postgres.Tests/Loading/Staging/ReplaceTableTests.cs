using System.Globalization;
using System.Text;
using Npgsql;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Postgres.Tests.Ledger;

namespace OrleansIngest.Postgres.Tests.Loading.Staging;

/// <summary>Full refresh: the rows of a file take the place of the table's.</summary>
public sealed class ReplaceTableTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static Task<LoadBench> BenchAsync(Action<PipelineOptions>? change = null,
        string table = "CREATE TABLE t (id int PRIMARY KEY, v int CHECK (v <> 13))") =>
        LoadBench.CreateAsync(table, p =>
        {
            p.Write = WriteMode.ReplaceTable;
            p.BatchRecords = 100;
            change?.Invoke(p);
        });

    static string Content(int rows, int v, int from = 1)
    {
        var text = new StringBuilder("id,v\n");
        for (var i = from; i < from + rows; i++) text.Append(CultureInfo.InvariantCulture, $"{i},{v}\n");
        return text.ToString();
    }

    /// <summary>Files are as old as said: the older one arrived first.</summary>
    static string WriteAged(LoadBench bench, string name, string content, int minutesOld)
    {
        var path = bench.Write(name, content);
        File.SetLastWriteTimeUtc(path, new DateTime(2026, 11, 25, 12, 0, 0, DateTimeKind.Utc).AddMinutes(-minutesOld));
        return path;
    }

    [Fact]
    public async Task Load_OneFileAfterTheOther_LeavesTheRowsOfTheLast()
    {
        await using var bench = await BenchAsync();
        await bench.ExecuteAsync("INSERT INTO t VALUES (1, 0), (9999, 0)");

        await bench.LoadAsync(WriteAged(bench, "a.csv", Content(1000, 1), 2));
        (await bench.RowsAsync("SELECT count(*), min(v), max(v) FROM t")).ShouldBe(["1000|1|1"]);
        await bench.LoadAsync(WriteAged(bench, "b.csv", Content(500, 2, from: 400), 1));

        (await bench.RowsAsync("SELECT count(*), min(v), max(v), min(id) FROM t")).ShouldBe(["500|2|2|400"]);
        (await bench.RowsAsync("SELECT rows_loaded, status FROM ingest.file ORDER BY path")).ShouldBe(
            ["1000|loaded", "500|loaded"]);
        await bench.CountsShouldAgreeAsync();
    }

    /// <summary>Whatever moment a reader comes at, the table is the one file or the other.</summary>
    [Fact]
    public async Task Load_WhileSomebodyReads_ShowsOldOrNewAndNeverAMix()
    {
        await using var bench = await BenchAsync();
        using var done = new CancellationTokenSource();
        var seen = new HashSet<string>();
        long looks = 0;
        var reader = Task.Run(async () =>
        {
            await using var connection = await bench.Database.DataSource.OpenConnectionAsync(Stop);
            await using var command = new NpgsqlCommand(
                "SELECT count(*) || '|' || coalesce(min(v), 0) || '|' || coalesce(max(v), 0) || '|' || "
                    + "coalesce(sum(id), 0) FROM t", connection);
            while (!done.IsCancellationRequested)
            {
                seen.Add((string)(await command.ExecuteScalarAsync(Stop))!);
                Interlocked.Increment(ref looks);
            }
        }, Stop);
        var states = new HashSet<string> { "0|0|0|0" };
        for (var round = 1; round <= 8; round++)
        {
            var rows = 3000 + 500 * round;
            states.Add($"{rows}|{round + 20}|{round + 20}|{(long)rows * (rows + 1) / 2}");
            (await bench.LoadAsync(WriteAged(bench, $"f{round}.csv", Content(rows, round + 20),
                100 - round))).Single().Status.ShouldBe("loaded");
            var from = Volatile.Read(ref looks);
            while (Volatile.Read(ref looks) < from + 2 && !reader.IsCompleted)
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Stop);
        }

        await done.CancelAsync();
        await reader;

        seen.ShouldBeSubsetOf(states);
        seen.Count.ShouldBeGreaterThanOrEqualTo(8);
    }

    [Fact]
    public async Task Load_ReaderWithASnapshotOfBefore_StillSeesTheOldRows()
    {
        await using var bench = await BenchAsync();
        await bench.LoadAsync(WriteAged(bench, "a.csv", Content(100, 1), 2));
        await using var connection = await bench.Database.DataSource.OpenConnectionAsync(Stop);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, Stop);
        await using var read = new NpgsqlCommand("SELECT count(*) || ' ' || max(v) FROM t", connection, transaction);
        (await read.ExecuteScalarAsync(Stop)).ShouldBe("100 1");

        (await bench.LoadAsync(WriteAged(bench, "b.csv", Content(50, 2), 1))).Single().Status.ShouldBe("loaded");

        (await read.ExecuteScalarAsync(Stop)).ShouldBe("100 1");
        (await bench.RowsAsync("SELECT count(*), max(v) FROM t")).ShouldBe(["50|2"]);
    }

    [Fact]
    public async Task Load_AbandonedFile_LeavesTheOldRows()
    {
        await using var bench = await BenchAsync(p => p.MaxRejected = 1);
        await bench.LoadAsync(WriteAged(bench, "a.csv", Content(100, 1), 5));

        var broken = (await bench.LoadAsync(WriteAged(bench, "b.csv", Content(500, 2) + "x,y\nx,z\n", 4))).Single();
        var refused = (await bench.LoadAsync(WriteAged(bench, "c.csv", Content(500, 3) + "601,13\n602,13\n", 3))).Single();
        var empty = (await bench.LoadAsync(WriteAged(bench, "d.csv", "", 2))).Single();
        var header = (await bench.LoadAsync(WriteAged(bench, "e.csv", "id,v\n", 1))).Single();

        new[] { broken, refused, empty, header }.ShouldAllBe(s => s.Status == "quarantined");
        refused.Reason.ShouldNotBeNull().ShouldContain("2 of 502 records were rejected, more than maxRejected: 1 allows");
        refused.Reason.ShouldContain("The first record that the server refused: line 502: constraint");
        empty.Reason.ShouldNotBeNull().ShouldContain("the old rows stay");
        header.Reason.ShouldNotBeNull().ShouldContain("the old rows stay");
        (await bench.RowsAsync("SELECT count(*), min(v), max(v) FROM t")).ShouldBe(["100|1|1"]);
        await bench.CountsShouldAgreeAsync();
    }

    [Fact]
    public async Task Load_SameKeysAsBeforeAndSomeRefused_RejectsOnlyThose()
    {
        await using var bench = await BenchAsync();
        await bench.LoadAsync(WriteAged(bench, "a.csv", Content(300, 1), 2));

        var state = (await bench.LoadAsync(WriteAged(bench, "b.csv", Content(300, 2) + "5,2\n700,13\n", 1))).Single();

        state.Status.ShouldBe("loaded", state.Reason);
        (await bench.RowsAsync("SELECT count(*), min(v), max(v) FROM t")).ShouldBe(["300|2|2"]);
        (await bench.RowsAsync("SELECT raw_record FROM corrupt_records ORDER BY record_number")).ShouldBe(["5,2", "700,13"]);
        await bench.CountsShouldAgreeAsync();
    }

    [Fact]
    public async Task Load_OlderFileThatEndsLater_DoesNotWin()
    {
        await using var bench = await BenchAsync();
        await bench.LoadAsync(WriteAged(bench, "new.csv", Content(100, 7), 1));

        var state = (await bench.LoadAsync(WriteAged(bench, "old.csv", Content(2000, 3), 2))).Single();

        state.Status.ShouldBe("loaded");
        state.Reason.ShouldNotBeNull().ShouldStartWith("superseded by a newer file: the table has the rows of ");
        (await bench.RowsAsync("SELECT count(*), min(v), max(v) FROM t")).ShouldBe(["100|7|7"]);
        (await bench.RowsAsync("SELECT rows_loaded, rows_skipped FROM ingest.file WHERE path LIKE '%old.csv'")).ShouldBe(
            ["0|2000"]);
        await bench.CountsShouldAgreeAsync();

        // An operator may want just that.
        await new OperatorLedger(bench.Database.DataSource).ApplyAsync(FileVerb.Replay, state.FileId, new OperatorAct("test"),
            Stop, again: true);
        await bench.LoadAsync(Path.Combine(bench.Folder, "old.csv"));
        (await bench.RowsAsync("SELECT count(*), min(v), max(v) FROM t")).ShouldBe(["2000|3|3"]);
    }

    [Fact]
    public async Task Load_ManyFilesInParallel_EndsWithTheRowsOfTheNewest()
    {
        await using var bench = await BenchAsync();
        for (var round = 0; round < 5; round++)
        {
            var at = round;
            string[] paths = [.. Enumerable.Range(0, 6).Select(
                i => WriteAged(bench, $"r{at}f{i}.csv", Content(200 + 50 * (i * 7 % 6), 20 + 10 * at + i), 1000 - 10 * at - i))];

            (await bench.LoadAsync(paths)).ShouldAllBe(s => s.Status == "loaded");

            var rows = 200 + 50 * (5 * 7 % 6);
            (await bench.RowsAsync("SELECT count(*), min(v), max(v) FROM t")).ShouldBe([$"{rows}|{25 + 10 * at}|{25 + 10 * at}"]);
        }

        await bench.CountsShouldAgreeAsync();
    }

    [Fact]
    public async Task Load_TableThatOthersReferTo_FailsInTheServersWords()
    {
        await using var bench = await BenchAsync(p => p.MaxAttempts = 1);
        await bench.LoadAsync(WriteAged(bench, "a.csv", Content(100, 1), 2));
        await bench.ExecuteAsync("CREATE TABLE child (id int REFERENCES t); INSERT INTO child VALUES (5)");

        var state = (await bench.LoadAsync(WriteAged(bench, "b.csv", Content(100, 2), 1))).Single();

        state.Status.ShouldBe("quarantined");
        state.Reason.ShouldNotBeNull().ShouldContain("violates foreign key constraint");
        (await bench.RowsAsync("SELECT count(*), max(v) FROM t")).ShouldBe(["100|1"]);
    }

    /// <summary>The same content under the same path is not loaded twice, unless another file's
    /// rows are in the table since.</summary>
    [Fact]
    public async Task Load_SameContentDeliveredAgain_IsLoadedWhenItWasReplaced()
    {
        await using var bench = await BenchAsync();
        var first = Content(300, 1);
        await bench.LoadAsync(WriteAged(bench, "a.csv", first, 10));
        await bench.LoadAsync(WriteAged(bench, "a.csv", first, 9));
        (await bench.RowsAsync("SELECT status FROM ingest.file ORDER BY file_id")).ShouldBe(["loaded", "ignored"]);
        await bench.LoadAsync(WriteAged(bench, "b.csv", Content(200, 2), 8));

        await bench.LoadAsync(WriteAged(bench, "a.csv", first, 7));

        (await bench.RowsAsync("SELECT count(*), max(v) FROM t")).ShouldBe(["300|1"]);
    }
}
