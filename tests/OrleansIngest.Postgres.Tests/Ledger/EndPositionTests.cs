using CsCheck;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Ledger;

/// <summary>When a file is finished, whatever its positions count.</summary>
public sealed class EndPositionTests
{
    const string Table = "CREATE TABLE t (id int)";
    const string State = "SELECT status, position_unit, end_position, bytes_read, records_read FROM ingest.file";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(PositionUnit.DecodedByte, 1000, "loaded|decoded_byte|1000|100|6")]
    [InlineData(PositionUnit.Row, 1000, "loaded|row|1000|100|6")]
    [InlineData(PositionUnit.Offset, 1000, "loaded|offset|1000|100|6")]
    [InlineData(PositionUnit.Byte, 100, "loaded|byte|100|100|6")]
    public async Task Finish_SpansUpToTheEnd_IsLoadedWithItsStoredBytesCounted(PositionUnit unit, long end, string expected)
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var node = await bench.StartNodeAsync();
        var claim = await bench.ClaimAsync(node);
        (await node.Files.NoteInputAsync(claim, new InputNote(unit), Stop)).ShouldBeTrue();
        await bench.CommitAsync(node, claim.Span(end / 2, end, unit));
        await bench.CommitAsync(node, claim.Span(0, end / 2, unit));

        var totals = await node.Files.FinishAsync(claim, end, unit, null, null, Stop);

        totals.ShouldBe(new FileTotals(2, 2, 2));
        (await bench.RowsAsync(State)).ShouldBe([expected]);
        (await bench.RowsAsync("SELECT sum(bytes), sum(files_finished) FROM ingest.throughput")).ShouldBe(["100|1"]);
        await bench.FilesShouldAgreeAsync();
    }

    [Theory]
    [InlineData("0-600 700-1000", 1000, PositionUnit.DecodedByte, PositionUnit.DecodedByte)] // a gap
    [InlineData("0-600 500-1000", 1000, PositionUnit.DecodedByte, PositionUnit.DecodedByte)] // an overlap
    [InlineData("1-1000", 1000, PositionUnit.DecodedByte, PositionUnit.DecodedByte)]
    [InlineData("0-600 600-999", 1000, PositionUnit.DecodedByte, PositionUnit.DecodedByte)]
    [InlineData("0-600 600-1001", 1000, PositionUnit.DecodedByte, PositionUnit.DecodedByte)]
    [InlineData("0-1000", 1000, PositionUnit.DecodedByte, PositionUnit.Row)]                 // its positions count something else
    [InlineData("0-1000", 1000, PositionUnit.Byte, PositionUnit.Byte)]                       // it has 100 bytes
    [InlineData("0-99", 99, PositionUnit.Byte, PositionUnit.Byte)]
    [InlineData("", 1, PositionUnit.DecodedByte, PositionUnit.DecodedByte)]
    public async Task Finish_SpansThatDoNotCoverTheInput_IsRefused(string spans, long end, PositionUnit noted, PositionUnit told)
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var node = await bench.StartNodeAsync();
        var claim = await bench.ClaimAsync(node);
        (await node.Files.NoteInputAsync(claim, new InputNote(noted), Stop)).ShouldBeTrue();
        foreach (var span in spans.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(s => s.Split('-').Select(long.Parse).ToArray()))
            await bench.CommitAsync(node, claim.Span(span[0], span[1], noted));

        (await node.Files.FinishAsync(claim, end, told, null, null, Stop)).ShouldBeNull();

        (await bench.RowsAsync("SELECT status, position_unit FROM ingest.file")).ShouldBe([$"loading|{noted.ToName()}"]);
    }

    [Theory]
    [InlineData(PositionUnit.DecodedByte, 1000, "loaded|decoded_byte|1000|100|3")]
    [InlineData(PositionUnit.Row, 3, "loaded|row|3|100|3")]
    [InlineData(PositionUnit.Byte, 100, "loaded|byte|100|100|3")]
    [InlineData(PositionUnit.Byte, 99, "loading|byte|NULL|0|0")]
    public async Task Commit_OfABatchThatIsTheWholeInput_FinishesItWhereTheBatchEnds(PositionUnit unit, long end, string expected)
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var node = await bench.StartNodeAsync();
        var claim = await bench.ClaimAsync(node);

        await bench.CommitAsync(node, claim.Span(0, end, unit, isWhole: true) with { Layout = """{"encoding":"•"}""" });

        (await bench.RowsAsync(State)).ShouldBe([expected]);
        (await bench.RowsAsync("SELECT layout->>'encoding' FROM ingest.file WHERE status = 'loaded'")).ShouldBe(
            expected.StartsWith("loaded", StringComparison.Ordinal) ? ["•"] : []);
        (await bench.ScalarAsync<decimal>("SELECT sum(bytes) FROM ingest.throughput")).ShouldBe(
            unit == PositionUnit.Byte ? end : 100);
    }

    [Theory]
    [InlineData(PositionUnit.DecodedByte, 1000, "loaded|decoded_byte|1000|100|9")]
    [InlineData(PositionUnit.Byte, 100, "loaded|byte|100|100|9")]
    [InlineData(PositionUnit.Byte, 90, "loading|byte|NULL|0|0")] // it has 100 bytes
    public async Task Commit_OfTheLastOfSeveralBatches_FinishesTheFileWithTheTotalsOfAll(PositionUnit unit, long end,
        string expected)
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var node = await bench.StartNodeAsync();
        var claim = await bench.ClaimAsync(node);
        await node.Files.NoteInputAsync(claim, new InputNote(unit), Stop);
        await bench.CommitAsync(node, claim.Span(0, end / 2, unit));

        // The last and the one before it in one transaction
        var finished = await bench.CommitAsync(node, claim.Span(end / 2, end - 10, unit),
            claim.Span(end - 10, end, unit) with { FileEnd = claim.EndOf(end, unit) });

        (await bench.RowsAsync(State)).ShouldBe([expected]);
        var isLoaded = expected.StartsWith("loaded", StringComparison.Ordinal);
        finished.Select(f => (f.FileId, f.Pipeline, f.Totals)).ShouldBe(
            isLoaded ? [(claim.FileId, "test", new FileTotals(3, 3, 3))] : []);
        (await bench.RowsAsync("SELECT sum(bytes), sum(files_finished), count(*) FROM ingest.throughput")).ShouldBe(
            [$"{(unit == PositionUnit.Byte ? end : 100)}|{(isLoaded ? 1 : 0)}|1"]);
        await bench.FilesShouldAgreeAsync();
    }

    /// <summary>Two lanes: the loader finishes the file when both have answered.</summary>
    [Fact]
    public async Task Commit_OfTheLastBatchBeforeAnotherOne_LeavesTheFileToItsLoader()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var node = await bench.StartNodeAsync();
        var claim = await bench.ClaimAsync(node);
        await node.Files.NoteInputAsync(claim, new InputNote(PositionUnit.Byte), Stop);

        (await bench.CommitAsync(node, claim.Span(50, 100, PositionUnit.Byte) with
        {
            FileEnd = claim.EndOf(100, PositionUnit.Byte),
        })).ShouldBeEmpty();
        await bench.CommitAsync(node, claim.Span(0, 50, PositionUnit.Byte));
        (await bench.RowsAsync("SELECT status FROM ingest.file")).ShouldBe(["loading"]);

        (await node.Files.FinishAsync(claim, 100, PositionUnit.Byte, null, null, Stop)).ShouldBe(new FileTotals(2, 2, 2));
    }

    [Fact]
    public async Task Commit_ThatFinishesSomeOfItsFiles_CountsEachOnce()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var node = await bench.StartNodeAsync();
        var claims = new List<FileClaim>();
        for (var i = 0; i < 4; i++) claims.Add(await bench.ClaimAsync(node, $"/in/{i}.gz"));
        foreach (var claim in claims[..3])
        {
            await node.Files.NoteInputAsync(claim, new InputNote(PositionUnit.Byte), Stop);
            await bench.CommitAsync(node, claim.Span(0, 40, PositionUnit.Byte));
        }

        var finished = await bench.CommitAsync(node,
            claims[0].Span(40, 100, PositionUnit.Byte) with { FileEnd = claims[0].EndOf(100, PositionUnit.Byte) },
            claims[1].Span(50, 100, PositionUnit.Byte) with { FileEnd = claims[1].EndOf(100, PositionUnit.Byte) }, // a gap
            claims[2].Span(40, 100, PositionUnit.Byte) with { FileEnd = claims[2].EndOf(100, PositionUnit.Byte) },
            claims[3].Span(0, 100, PositionUnit.Byte, isWhole: true));

        finished.Select(f => (f.FileId, f.Totals)).OrderBy(f => f.FileId.Value).ShouldBe(
            [(claims[0].FileId, new FileTotals(2, 2, 2)), (claims[2].FileId, new FileTotals(2, 2, 2)),
            (claims[3].FileId, new FileTotals(1, 1, 1))]);
        (await bench.RowsAsync("SELECT file_id FROM ingest.file WHERE status = 'loading'")).ShouldBe([$"{claims[1].FileId}"]);
        (await bench.RowsAsync("SELECT sum(files_finished), (SELECT sum(files) FROM ingest.latency) FROM ingest.throughput"))
            .ShouldBe(["3|3"]);
    }

    [Fact]
    public async Task Finish_OfAFileThatTheClaimHasFinished_HasItsTotalsAgain()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var node = await bench.StartNodeAsync();
        var claim = await bench.ClaimAsync(node);
        await bench.CommitAsync(node, claim.Span(0, 100, PositionUnit.Byte, isWhole: true));

        (await node.Files.FinishAsync(claim, 100, PositionUnit.Byte, null, null, Stop)).ShouldBe(new FileTotals(1, 1, 1));
        (await node.Files.FinishAsync(claim with { Epoch = claim.Epoch - 1 }, 100, PositionUnit.Byte, null, null, Stop))
            .ShouldBeNull();
        (await node.Files.FinishAsync(claim with { Owner = new NodeId("other") }, 100, PositionUnit.Byte, null, null, Stop))
            .ShouldBeNull();
        (await bench.ScalarAsync<long>("SELECT sum(files_finished)::bigint FROM ingest.throughput")).ShouldBe(1);
    }

    [Fact]
    public async Task NoteInput_WhereASpanOfAnotherUnitIsCommitted_IsRefused()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var node = await bench.StartNodeAsync();
        var claim = await bench.ClaimAsync(node);
        await bench.CommitAsync(node, claim.Span(0, 50, PositionUnit.Byte));

        (await node.Files.NoteInputAsync(claim, new InputNote(PositionUnit.DecodedByte), Stop)).ShouldBeFalse();
        (await node.Files.NoteInputAsync(claim, new InputNote(PositionUnit.Byte, 100, """{"delimiter":"•"}"""),
            Stop)).ShouldBeTrue();
        (await node.Files.NoteInputAsync(claim with { Epoch = claim.Epoch + 1 }, new InputNote(PositionUnit.Byte),
            Stop)).ShouldBeFalse();

        (await bench.RowsAsync("SELECT position_unit, end_position, layout->>'delimiter' FROM ingest.file")).ShouldBe(
            ["byte|100|•"]);
    }

    [Fact]
    public async Task Load_OfAFileCommittedUnderOtherPositions_IsQuarantinedWithBothUnits()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var path = bench.Write("a.csv", "id\n1\n2\n3\n");
        var node = await bench.StartNodeAsync();
        var claim = await bench.ClaimAsync(node, LoadBench.Stat(path));
        await node.Files.NoteInputAsync(claim, new InputNote(PositionUnit.Row), Stop);
        await bench.CommitAsync(node, claim.Span(0, 1, PositionUnit.Row));
        await node.Files.EndClaimAsync(claim, ClaimEnd.Released, null, TimeSpan.Zero, Stop);

        var states = await bench.LoadAsync(path);

        states[0].Status.ShouldBe("quarantined");
        states[0].Reason.ShouldStartWith("a part of it was committed with row positions, but it is now read with byte positions");
        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task Load_OfAFileThatAnEarlierClaimTookForAnotherKind_IsFinishedAsWhatItIs(int batchRecords)
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.BatchRecords = batchRecords);
        var path = bench.Write("a.csv", "id\n1\n2\n3\n");
        var node = await bench.StartNodeAsync();
        var claim = await bench.ClaimAsync(node, LoadBench.Stat(path));
        await node.Files.NoteInputAsync(claim, new InputNote(PositionUnit.Row), Stop);
        await node.Files.EndClaimAsync(claim, ClaimEnd.Released, null, TimeSpan.Zero, Stop);

        var states = await bench.LoadAsync(path);

        states[0].Status.ShouldBe("loaded", states[0].Reason);
        (await bench.RowsAsync("SELECT position_unit, end_position = size FROM ingest.file")).ShouldBe(["byte|True"]);
        await bench.CountsShouldAgreeAsync();
    }

    /// <summary>The law of a resume: what a later claim is told is what was committed and noted, and the restart points that
    /// serve its open spans.</summary>
    [Fact]
    public async Task Claim_OfAnInputInWork_HasItsUnitEndAndTheLastRestartPointBeforeEachOpenSpan()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var node = await bench.StartNodeAsync();
        var files = 0;
        await Gen.Select(Gen.Bool.Array[1, 12], Gen.Int[0, 3].Array[12]).SampleAsync(async (committed, restarts) =>
        {
            // Spans of 10, some of them committed; each brings a point that lies 0 to 2 tens before its end, or none.
            var path = $"/in/{Interlocked.Increment(ref files)}.gz";
            var claim = await bench.ClaimAsync(node, path);
            await node.Files.NoteInputAsync(claim, new InputNote(PositionUnit.DecodedByte, 500), Stop);
            RestartPoint? PointOf(int i) => restarts[i] == 3 ? null
                : new RestartPoint(Math.Max(0, 10 * (i + 1 - restarts[i])), i);
            int[] spans = [.. Enumerable.Range(0, committed.Length).Where(i => committed[i])];
            if (spans.Length > 0) await bench.CommitAsync(node,
                [.. spans.Select(i => claim.Span(10 * i, 10 * (i + 1), PositionUnit.DecodedByte, PointOf(i)))]);
            await node.Files.EndClaimAsync(claim, ClaimEnd.Released, null, TimeSpan.Zero, Stop);

            var again = (await node.Files.ClaimAsync("test", node.Id, 1, [claim.FileId], Stop)).Single();

            (again.Unit, again.EndPosition).ShouldBe((PositionUnit.DecodedByte, 500));
            long[] openStarts = [.. again.Committed.Select(c => c.End)];
            var expected = openStarts
                .Select(start => spans.Where(i => 10 * i < start && PointOf(i) is { } p && p.Position <= start)
                    .Select(i => (int?)i).LastOrDefault())
                .Where(i => i is not null).Select(i => PointOf(i!.Value)!.Value).Distinct().OrderBy(p => p.Position);
            again.RestartPoints.OrderBy(p => p.Position).ThenBy(p => p.SourceOffset)
                .ShouldBe(expected.OrderBy(p => p.Position).ThenBy(p => p.SourceOffset));
            await node.Files.EndClaimAsync(again, ClaimEnd.Vanished, null, TimeSpan.Zero, Stop);
        }, iter: 60, threads: 1);
    }
}
