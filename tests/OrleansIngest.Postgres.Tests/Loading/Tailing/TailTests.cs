using System.IO.Compression;
using System.Text;
using Npgsql;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Loading.Tailing;

/// <summary>Files that are followed while they grow (<c>tail: true</c>).</summary>
public sealed class TailTests
{
    const string Rows = "SELECT id, note, line, rec FROM t ORDER BY id";

    static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(300);

    [Fact]
    public async Task Tail_LinesComeOneByOne_AreCommittedAsTheyComeUnderOneVersion()
    {
        await using var tail = await TailBench.CreateAsync();
        tail.Append("id,note\n1,a\n");
        await tail.HasAsync(1);
        for (var id = 2; id <= 40; id++)
        {
            tail.Append($"{id},\"two\nlines\"\n");
            await tail.HasAsync([.. Enumerable.Range(1, id)]);
        }

        (await tail.Bench.RowsAsync("SELECT line, rec FROM t ORDER BY id")).ShouldBe(
            [.. Enumerable.Range(0, 40).Select(i => $"{(i == 0 ? 2 : 1 + 2 * i)}|{i + 1}")]);
        (await tail.Bench.RowsAsync("SELECT version, status, is_tailed FROM ingest.file")).ShouldBe(["1|loading|True"]);
    }

    [Fact]
    public async Task Tail_HalfALineOrAnOpenQuote_WaitsForTheRest()
    {
        await using var tail = await TailBench.CreateAsync();
        tail.Append("id,no");
        tail.Append("te\n1,a\n2,b");
        await tail.HasAsync(1);
        tail.Append("c\r");
        tail.Append("\n3,\"x\ny\n");
        await tail.HasAsync(1, 2);
        tail.Append("z\"\n4,d\n");
        await tail.HasAsync(1, 2, 3, 4);

        (await tail.Bench.RowsAsync(Rows)).ShouldBe(["1|a|2|1", "2|bc|3|2", "3|x\ny\nz|4|3", "4|d|7|4"]);
    }

    [Fact]
    public async Task Tail_Ndjson_IsFollowed()
    {
        await using var tail = await TailBench.CreateAsync();
        tail.Append("{\"id\": 1, \"note\": \"a\"}\n{\"id\": 2, \"no");
        await tail.HasAsync(1);
        tail.Append("te\": \"b\"}\nno json\n{\"id\": 3}\n");
        await tail.HasAsync(1, 2, 3);

        (await tail.Bench.RowsAsync(Rows)).ShouldBe(["1|a|1|1", "2|b|2|2", "3|NULL|4|4"]);
        (await tail.Bench.RowsAsync("SELECT line, raw_record FROM corrupt_records")).ShouldBe(["3|no json"]);
    }

    [Fact]
    public async Task Tail_Renamed_IsReadToItsEndAndTheNewOneFollowed()
    {
        await using var tail = await TailBench.CreateAsync();
        using (var writer = new StreamWriter(new FileStream(tail.Log, FileMode.Create, FileAccess.Write,
            FileShare.ReadWrite))
        { AutoFlush = true })
        {
            writer.Write("id,note\n1,a\n");
            await tail.HasAsync(1);
            File.Move(tail.Log, tail.Log + ".1");
            writer.Write("2,late\n");
            File.WriteAllText(tail.Log, "id,note\n1,a\n3,new\n"); // it begins as the old one did
            await tail.HasAsync(1, 1, 2, 3);
            writer.Write("4,no end"); // nobody will end it
            tail.Bench.Pipeline.TailIdle = Soon; // not before: a slow machine may need longer than that between two writes
        }

        await tail.AreAsync("app.log 1 loaded, app.log 2 loaded, app.log.1 1 ignored");
        (await tail.Bench.RowsAsync("SELECT id, note, line FROM t ORDER BY id, line")).ShouldBe(
            ["1|a|2", "1|a|2", "2|late|3", "3|new|3", "4|no end|4"]);
        (await tail.Bench.ScalarAsync<string>("SELECT reason FROM ingest.file WHERE path LIKE '%.1'"))
            .ShouldBe($"is {tail.Log} (file 1) under another name: all of its 3 records are loaded");
    }

    [Fact]
    public async Task Tail_Truncated_GoesOnAsAnotherVersion()
    {
        await using var tail = await TailBench.CreateAsync();
        tail.Append("id,note\n1,a\n2,b\n");
        await tail.HasAsync(1, 2);
        File.WriteAllText(tail.Log, "");
        await tail.AreAsync("app.log 1 loaded, app.log 2 loading");
        tail.Append("id,note\n3,c\n");
        await tail.HasAsync(1, 2, 3);
        File.WriteAllText(tail.Log, "id,note\n4,d\n5,e\n6,f\n"); // longer than before, and written anew
        await tail.HasAsync(1, 2, 3, 4, 5, 6);

        (await tail.Bench.RowsAsync("SELECT version, tail_end, rows_loaded FROM ingest.file ORDER BY version")).ShouldBe(
            ["1|truncated|2", "2|truncated|1", "3|NULL|0"]);
        (await tail.Bench.RowsAsync("SELECT id, line FROM t ORDER BY id")).ShouldBe(["1|2", "2|3", "3|2", "4|2", "5|3", "6|4"]);
    }

    [Fact]
    public async Task Tail_IdleAndGrownLater_IsReadOn()
    {
        await using var tail = await TailBench.CreateAsync(p => p.TailIdle = Soon);
        tail.Append("id,note\n1,a\n2,half");
        await tail.AreAsync("app.log 1 loaded");
        tail.Append(" a line\n3,c\n");
        await tail.AreAsync("app.log 1 loaded, app.log 2 loaded");

        (await tail.Bench.RowsAsync(Rows)).ShouldBe(["1|a|2|1", "2|half a line|3|2", "3|c|4|3"]);
        (await tail.Bench.RowsAsync(
            "SELECT size, seen_size, rows_loaded, rows_skipped, reason FROM ingest.file ORDER BY version")).ShouldBe(
        [
            "12|18|1|0|6 bytes after its last complete record wait for the rest of the record",
            "30|NULL|2|1|continued from the end of version 1 (file 1): 18 bytes were appended; the 1 record before are counted "
                + "as skipped",
        ]);
    }

    [Fact]
    public async Task Tail_NodeEndsAndFileIsRenamedMeanwhile_NothingIsMissingOrTwice()
    {
        await using var tail = await TailBench.CreateAsync(p => p.TailIdle = Soon);
        tail.Bench.Pipeline.TailIdle = TimeSpan.FromMinutes(10);
        tail.Append("id,note\n1,a\n");
        await tail.HasAsync(1);
        await tail.EndAsync();
        tail.Append("2,b\n");
        File.Move(tail.Log, tail.Log + ".1");
        tail.Append("id,note\n3,c\n");
        tail.Bench.Pipeline.TailIdle = Soon;
        await tail.StartAsync();
        await tail.HasAsync(1, 2, 3);

        await tail.AreAsync("app.log 1 loaded, app.log 2 loaded, app.log.1 1 ignored");
        (await tail.Bench.RowsAsync("SELECT id, line FROM t ORDER BY id")).ShouldBe(["1|2", "2|3", "3|2"]);
    }

    /// <summary>What the message of the lost file advises.</summary>
    [Fact]
    public async Task Tail_LostFileIsMovedBackUnderAnotherNameAndRetried_IsReadOn()
    {
        await using var tail = await TailBench.CreateAsync();
        tail.Append("id,note\n1,a\n2,half");
        await tail.HasAsync(1);
        await tail.EndAsync();
        using var elsewhere = new TempDirectory();
        File.Move(tail.Log, elsewhere["lost"]);
        await tail.StartAsync();
        await tail.AreAsync("app.log 1 quarantined");
        (await tail.Bench.ScalarAsync<string>("SELECT reason FROM ingest.file")).ShouldStartWith(
            "the file was renamed or deleted while it was not followed, after 12 bytes were loaded; it had at least 18. ");
        File.Move(elsewhere["lost"], tail.Log + ".7");
        File.AppendAllText(tail.Log + ".7", " a line\n3,c\n");
        await new OperatorLedger(tail.Bench.Database.DataSource).ApplyAsync(FileVerb.Retry,
            new FileId(await tail.Bench.ScalarAsync<long>("SELECT file_id FROM ingest.file WHERE path NOT LIKE '%.7'")),
            new OperatorAct("ann"), TestContext.Current.CancellationToken);
        await tail.HasAsync(1, 2, 3);

        (await tail.Bench.RowsAsync(Rows)).ShouldBe(["1|a|2|1", "2|half a line|3|2", "3|c|4|3"]);
    }

    [Fact]
    public async Task Tail_TruncatedAndGrownBeyondItsSizeWhileNobodyFollows_IsFoundOutByItsBytes()
    {
        await using var tail = await TailBench.CreateAsync();
        tail.Append("id,note\n1,a\n");
        await tail.HasAsync(1);
        await tail.EndAsync();
        File.WriteAllText(tail.Log, "id,note\n2,b\n3,c\n");
        await tail.StartAsync();

        await tail.HasAsync(1, 2, 3);
        (await tail.Bench.RowsAsync("SELECT version, status, tail_end FROM ingest.file ORDER BY version")).ShouldBe(
            ["1|loaded|truncated", "2|loading|NULL"]);
    }

    [Fact]
    public async Task Tail_CompressedFile_IsQuarantinedWithAHint()
    {
        await using var tail = await TailBench.CreateAsync();
        using (var packed = new GZipStream(File.Create(tail.Log + ".2.gz"), CompressionLevel.Fastest))
            packed.Write(Encoding.UTF8.GetBytes("id,note\n1,a\n"));
        await tail.AreAsync("app.log.2.gz 1 quarantined");

        (await tail.Bench.ScalarAsync<string>("SELECT reason FROM ingest.file")).ShouldStartWith(
            "it is compressed; only lines of CSV or NDJSON in plain text can be followed");
    }

    [Fact]
    public async Task Tail_ManyBatches_AreJoinedInTheLedger()
    {
        const int Due = 256;
        await using var tail = await TailBench.CreateAsync(p => p.BatchRecords = 1);
        await using var other = await tail.Bench.Database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        tail.Append("id,note\n1,a\n");
        await tail.HasAsync(1);
        for (var id = 2; id <= Due + 10; id++)
        {
            // Turns end in the meantime, and those that come later must join them.
            if (id == Due) await SqlAsync("BEGIN; SELECT FROM ingest.batch WHERE start_offset > 0 FOR UPDATE");
            if (id == Due + 3) await SqlAsync("ROLLBACK");
            tail.Append($"{id},x\n");
            await tail.UntilAsync($"row {id} is there", $"SELECT EXISTS (SELECT FROM t WHERE id = {id})");
        }

        await tail.UntilAsync("batches were joined", "SELECT count(*) < 100 FROM ingest.batch");
        (await tail.Bench.RowsAsync(
            "SELECT sum(records), sum(rows_loaded), max(end_offset) - min(start_offset) - sum(end_offset - start_offset) FROM "
                + "ingest.batch")).ShouldBe(["266|266|0"]);

        async Task SqlAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, other);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Tail_NoPlaceForAllOfThem_AreFollowedInTurns()
    {
        await using var tail = await TailBench.CreateAsync(capacity: 1);
        foreach (var name in Enumerable.Range(1, 3))
            File.WriteAllText(Path.Combine(tail.Bench.Folder, $"l{name}.csv"), $"id,note\n{name},a\n");
        await tail.HasAsync(1, 2, 3);
        foreach (var name in Enumerable.Range(1, 3))
            File.AppendAllText(Path.Combine(tail.Bench.Folder, $"l{name}.csv"), $"{10 * name},b\n");

        await tail.HasAsync(1, 2, 3, 10, 20, 30);
    }
}
