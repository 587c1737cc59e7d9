using System.IO.Compression;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Postgres.Tests.Ledger;

namespace OrleansIngest.Postgres.Tests.Loading.Appending;

/// <summary>Files that grow after they were loaded (<c>onChange: append</c>).</summary>
public sealed class AppendTests
{
    const string Table = "CREATE TABLE t (id int, note text, src bigint, line bigint, rec bigint)";
    const string Rows = "SELECT id, note, line, rec FROM t ORDER BY id";
    const string Versions =
        "SELECT version, status, size, records_read, rows_loaded, rows_rejected, rows_skipped FROM ingest.file ORDER BY version";

    internal static Task<LoadBench> BenchAsync(Action<PipelineOptions>? more = null) => LoadBench.CreateAsync(Table, p =>
    {
        (p.OnChange, p.MaxAttempts) = (ChangePolicy.Append, 1);
        p.Metadata = new Dictionary<string, string> { ["src"] = "{fileId}", ["line"] = "{line}", ["rec"] = "{record}" };
        more?.Invoke(p);
    });

    [Fact]
    public async Task Append_LinesAdded_AreLoadedAloneWithTheirLinesAndRecords()
    {
        await using var bench = await BenchAsync(p => p.BatchRecords = 2);
        var path = bench.Write("a.csv", "id,note\n1,a\n2,\"b\nb\"\nx,c\n\n4,d\n");
        await bench.LoadAsync(path);
        await File.AppendAllTextAsync(path, "5,e\ny,f\n7,g\n", TestContext.Current.CancellationToken);

        var second = (await bench.LoadAsync(path)).Single();

        second.Status.ShouldBe("loaded", second.Reason);
        second.Reason!.ShouldBe(
            "continued from the end of version 1 (file 1): 12 bytes were appended; the 5 records before are counted as skipped");
        (await bench.RowsAsync(Rows)).ShouldBe(["1|a|2|1", "2|b\nb|3|2", "4|d|7|5", "5|e|8|6", "7|g|10|8"]);
        (await bench.RowsAsync("SELECT line, record_number, raw_record FROM corrupt_records ORDER BY line")).ShouldBe(
            ["5|3|x,c", "9|7|y,f"]);
        (await bench.RowsAsync(Versions)).ShouldBe(["1|loaded|29|5|3|1|1", "2|loaded|41|8|2|1|5"]);
        (await bench.RowsAsync("SELECT continues FROM ingest.file ORDER BY version")).ShouldBe(["NULL", "1"]);
        (await bench.RowsAsync("SELECT count(*), count(DISTINCT src) FROM t")).ShouldBe(["5|2"]);
        await bench.CountsShouldAgreeAsync();
    }

    [Fact]
    public async Task Append_AskedForOnceMore_LoadsAllOfIt()
    {
        await using var bench = await BenchAsync();
        var path = bench.Write("a.csv", "id,note\n1,a\n");
        await bench.LoadAsync(path);
        await File.AppendAllTextAsync(path, "2,b\n", TestContext.Current.CancellationToken);
        var second = (await bench.LoadAsync(path)).Single();
        var operators = new OperatorLedger(bench.Database.DataSource);

        await operators.ApplyAsync(FileVerb.Replay, second.FileId, new OperatorAct("ann"), TestContext.Current.CancellationToken,
            again: true);
        var third = (await bench.LoadAsync(path)).Single();
        var twice = await bench.RowsAsync("SELECT id FROM t ORDER BY id");
        await operators.ApplyAsync(FileVerb.Replace, third.FileId, new OperatorAct("ann"), TestContext.Current.CancellationToken);
        await bench.LoadAsync(path);

        twice.ShouldBe(["1", "1", "2", "2"]);
        (await bench.RowsAsync(Rows)).ShouldBe(["1|a|2|1", "2|b|3|2"]);
    }

    [Fact]
    public async Task Append_RowsOfTheAddedPartAreUndone_AndReadOnOnceMore()
    {
        await using var bench = await BenchAsync();
        var path = bench.Write("a.csv", "id,note\n1,a\n");
        await bench.LoadAsync(path);
        await File.AppendAllTextAsync(path, "2,b\n", TestContext.Current.CancellationToken);
        var second = (await bench.LoadAsync(path)).Single();

        var undone = await new UndoLedger(bench.Database.DataSource).UndoAsync(
            second.FileId, [bench.Pipeline], new OperatorAct("ann"), isTrial: false, TestContext.Current.CancellationToken);
        var left = await bench.RowsAsync("SELECT id FROM t");
        await File.AppendAllTextAsync(path, "3,c\n", TestContext.Current.CancellationToken);
        await bench.LoadAsync(path);

        undone.Message.ShouldBe("is undone: 1 row is removed from public.t");
        left.ShouldBe(["1"]);
        (await bench.RowsAsync(Rows)).ShouldBe(["1|a|2|1", "2|b|3|2", "3|c|4|3"]);
    }

    [Fact]
    public async Task Append_MergedByKey_LastRecordOfAKeyWins()
    {
        await using var bench = await BenchAsync(p => (p.Write, p.Key) = (WriteMode.Upsert, ["id"]));
        await bench.ExecuteAsync("ALTER TABLE t ADD UNIQUE (id)");
        var path = bench.Write("a.csv", "id,note\n1,a\n2,b\n");
        await bench.LoadAsync(path);
        await File.AppendAllTextAsync(path, "2,c\n3,d\n2,e\n", TestContext.Current.CancellationToken);

        await bench.LoadAsync(path);

        (await bench.RowsAsync(Rows)).ShouldBe(["1|a|2|1", "2|e|6|5", "3|d|5|4"]);
    }

    [Fact]
    public async Task Append_ManyTimes_GoesOnEachTime()
    {
        await using var bench = await BenchAsync();
        var path = bench.Write("a.csv", "id,note\n");
        for (var i = 1; i <= 6; i++)
        {
            (await bench.LoadAsync(path)).Single().Status.ShouldBe("loaded");
            await File.AppendAllTextAsync(path, $"{i},n\n", TestContext.Current.CancellationToken);
        }

        await bench.LoadAsync(path);

        (await bench.RowsAsync("SELECT id, line, rec FROM t ORDER BY id")).ShouldBe(
            [.. Enumerable.Range(1, 6).Select(i => $"{i}|{i + 1}|{i}")]);
        (await bench.RowsAsync("SELECT DISTINCT status FROM ingest.file")).ShouldBe(["loaded"]);
    }

    [Fact]
    public async Task Append_LinesOfJson_AreLoadedAlone()
    {
        await using var bench = await BenchAsync(p => p.Format = InputFormat.Ndjson);
        var path = bench.Write("a.ndjson", """{"id":1,"note":"a"}""" + "\n");
        await bench.LoadAsync(path);
        await File.AppendAllTextAsync(path, """{"note":"b","id":2}""" + "\n", TestContext.Current.CancellationToken);

        await bench.LoadAsync(path);

        (await bench.RowsAsync(Rows)).ShouldBe(["1|a|1|1", "2|b|2|2"]);
    }

    [Fact]
    public async Task Append_WhatWasAddedLooksOtherwise_IsReadAsTheOldPartWas()
    {
        await using var bench = await BenchAsync(p => p.Csv.Delimiter = null);
        var path = bench.Write("a.csv", "id;note\n1;a\n");
        await bench.LoadAsync(path);
        await File.AppendAllTextAsync(path, string.Concat(Enumerable.Range(2, 50).Select(i => $"{i};a,b,c|d|e\n")),
            TestContext.Current.CancellationToken);

        var second = (await bench.LoadAsync(path)).Single();

        second.Status.ShouldBe("loaded", second.Reason);
        (await bench.RowsAsync("SELECT count(*), max(note) FROM t")).ShouldBe(["51|a,b,c|d|e"]);
    }

    [Fact]
    public async Task Append_BatchesOfTheOldVersionAreForgotten_CountsItsLinesAgain()
    {
        await using var bench = await BenchAsync();
        var path = bench.Write("a.csv", "id,note\n1,a\n2,\"b\nb\"\n");
        await bench.LoadAsync(path);
        await bench.ExecuteAsync("DELETE FROM ingest.batch");
        await File.AppendAllTextAsync(path, "3,c\n", TestContext.Current.CancellationToken);

        await bench.LoadAsync(path);

        (await bench.RowsAsync(Rows)).ShouldBe(["1|a|2|1", "2|b\nb|3|2", "3|c|5|3"]);
    }

    [Theory]
    [InlineData("id,note\n1,a\n", "id,note\n1,b\n2,c\n", "its first 12 bytes are not those of version 1 (file 1)")]
    [InlineData("id,note\n1,a\n2,b\n", "id,note\n1,a\n", "it has 12 bytes, but version 1 (file 1) had 16")]
    [InlineData("id,note\n1,a", "id,note\n1,a\n2,c\n", "version 1 (file 1) did not end at the end of a line (byte 11)")]
    [InlineData("id,note\n1,\"a\n", "id,note\n1,\"a\nb\"\n2,c\n",
        "a record of version 1 (file 1) continues past its end, byte 13")]
    public async Task Append_OldPartIsNotWhatItWas_IsHeldBackAndSaysWhy(string before, string after, string why)
    {
        await using var bench = await BenchAsync(p => p.BatchRecords = 1);
        var path = bench.Write("a.csv", before);
        await bench.LoadAsync(path);
        var rows = await bench.RowsAsync(Rows);

        bench.Write("a.csv", after);
        var second = (await bench.LoadAsync(path)).Single();

        second.Status.ShouldBe("quarantined");
        second.Reason!.ShouldContain(why);
        second.Reason!.ShouldContain("ingest retry adds all rows of this version");
        (await bench.RowsAsync(Rows)).ShouldBe(rows);
    }

    [Fact]
    public async Task Append_HeldBackAndRetried_AddsAllRows()
    {
        await using var bench = await BenchAsync();
        var path = bench.Write("a.csv", "id,note\n1,a\n");
        await bench.LoadAsync(path);
        bench.Write("a.csv", "id,note\n2,b\n3,c\n");
        var held = (await bench.LoadAsync(path)).Single();

        await new OperatorLedger(bench.Database.DataSource).ApplyAsync(FileVerb.Retry, held.FileId, new OperatorAct("ann"),
            TestContext.Current.CancellationToken);
        await bench.LoadAsync(path);

        (await bench.RowsAsync("SELECT id FROM t ORDER BY id")).ShouldBe(["1", "2", "3"]);
    }

    [Theory]
    [InlineData(RewritePolicy.Replace, new[] { "2|b|2|1", "3|c|3|2" })]
    [InlineData(RewritePolicy.NewVersion, new[] { "1|a|2|1", "2|b|2|1", "3|c|3|2" })]
    public async Task Append_OldPartIsNotWhatItWas_DoesWhatOnRewriteSays(RewritePolicy policy, string[] expected)
    {
        await using var bench = await BenchAsync(p => (p.OnRewrite, p.BatchRecords) = (policy, 1));
        var path = bench.Write("a.csv", "id,note\n1,a\n");
        await bench.LoadAsync(path);
        bench.Write("a.csv", "id,note\n2,b\n");
        await bench.LoadAsync(path);
        await File.AppendAllTextAsync(path, "3,c\n", TestContext.Current.CancellationToken);

        await bench.LoadAsync(path);

        (await bench.RowsAsync(Rows)).ShouldBe(expected);
        (await bench.RowsAsync("SELECT count(*) FROM ingest.stage")).ShouldBe(["0"]);
    }

    [Fact]
    public async Task Append_CompressedFile_IsHeldBackAndSaysWhy()
    {
        await using var bench = await BenchAsync();
        byte[] Packed(string text)
        {
            using var memory = new MemoryStream();
            using (var gzip = new GZipStream(memory, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(text));
            return memory.ToArray();
        }

        var path = bench.Write("a.csv.gz", Packed("id,note\n1,a\n"));
        (await bench.LoadAsync(path)).Single().Status.ShouldBe("loaded");
        bench.Write("a.csv.gz", [.. Packed("id,note\n1,a\n"), .. Packed("2,b\n")]);

        var second = (await bench.LoadAsync(path)).Single();

        second.Status.ShouldBe("quarantined");
        second.Reason!.ShouldContain("only plain-text CSV and NDJSON files");
        (await bench.RowsAsync("SELECT id FROM t")).ShouldBe(["1"]);
    }

    [Fact]
    public async Task Append_FileGrewBeforeItWasRead_IsLoadedAsItWasAndThenReadOn()
    {
        await using var bench = await BenchAsync(p => p.BatchRecords = 1);
        var path = bench.Write("a.csv", "id,note\n1,a\n2,b\n");
        var seen = LoadBench.Stat(path);
        await File.AppendAllTextAsync(path, "3,c\n", TestContext.Current.CancellationToken);
        var node = await bench.StartNodeAsync();
        await using (var workers = new TaskFileWorkers(node, NullLoggerFactory.Instance))
            (await new OneShotLoad(node, "test", workers).RunAsync([seen], null,
                TestContext.Current.CancellationToken)).Single().Size.ShouldBe(16);

        await bench.LoadAsync(path);

        (await bench.RowsAsync(Rows)).ShouldBe(["1|a|2|1", "2|b|3|2", "3|c|4|3"]);
        (await bench.RowsAsync(Versions)).ShouldBe(["1|loaded|16|2|2|0|0", "2|loaded|20|3|1|0|2"]);
    }

    [Fact]
    public async Task Append_OlderVersionWasBegunByANodeThatDied_IsFinishedFirst()
    {
        await using var bench = await BenchAsync();
        var path = bench.Write("a.csv", "id,note\n1,a\n");
        var node = await bench.StartNodeAsync();
        await node.Files.NoteFilesAsync("test", [LoadBench.Stat(path)], "ready", null, TestContext.Current.CancellationToken);
        var claim = (await node.Files.ClaimAsync("test", node.Id, 1, null, TestContext.Current.CancellationToken)).Single();
        await node.Files.EndClaimAsync(claim, ClaimEnd.Released, "for the test", TimeSpan.Zero,
            TestContext.Current.CancellationToken);
        await File.AppendAllTextAsync(path, "2,b\n", TestContext.Current.CancellationToken);

        var state = (await bench.LoadAsync(path)).Single();

        state.Status.ShouldBe("loaded", state.Reason);
        (await bench.RowsAsync(Rows)).ShouldBe(["1|a|2|1", "2|b|3|2"]);
        (await bench.RowsAsync(Versions)).ShouldBe(["1|loaded|12|1|1|0|0", "2|loaded|16|2|1|0|1"]);
    }
}
