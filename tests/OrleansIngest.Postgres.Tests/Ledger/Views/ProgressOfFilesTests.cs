using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Ledger.Views;

/// <summary>How far files are, as people are told, whatever their positions count.</summary>
public sealed class ProgressOfFilesTests
{
    const string Table = "CREATE TABLE t (id int)";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(PositionUnit.Byte, null, 50, 0.5, 50L, 100L)]
    [InlineData(PositionUnit.DecodedByte, null, 5000, null, null, null)]
    [InlineData(PositionUnit.DecodedByte, 20000L, 5000, 0.25, null, 20000L)]
    [InlineData(PositionUnit.Row, 4L, 1, 0.25, null, 4L)]
    public async Task File_InWork_HasAShareOnlyWhereItsEndIsKnown(
        PositionUnit unit, long? end, long committed, double? progress, long? bytesRead, long? endPosition)
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var node = await bench.StartNodeAsync();
        var claim = await bench.ClaimAsync(node);
        await node.Files.NoteInputAsync(claim, new InputNote(unit, end, """{"format":"csv","findings":["gzip"]}"""), Stop);
        await bench.CommitAsync(node, claim.Span(0, committed, unit));

        var row = (await new FileViews(bench.Database.DataSource).FindAsync(claim.FileId, Stop))!;

        (row.Progress, row.BytesRead, row.EndPosition, row.PositionsRead,
            row.PositionUnit).ShouldBe((progress, bytesRead, endPosition, committed, unit.ToName()));
        row.Layout!.Value.GetProperty("findings")[0].GetString().ShouldBe("gzip");
        (row.RowsLoaded, row.RecordsRead).ShouldBe((1, 3));
    }

    [Fact]
    public async Task File_ThatIsLoaded_IsReadInFullWhateverItsPositionsCount()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var node = await bench.StartNodeAsync();
        var claim = await bench.ClaimAsync(node);
        await bench.CommitAsync(node, claim.Span(0, 5000, PositionUnit.DecodedByte, isWhole: true));

        var row = (await new FileViews(bench.Database.DataSource).FindAsync(claim.FileId, Stop))!;

        (row.Progress, row.BytesRead, row.EndPosition, row.PositionsRead).ShouldBe((1, 100, 5000, 5000));
    }

    /// <summary>Rates and what is left are of stored bytes: decoded ones beside them would make a file of 100 bytes
    /// more than all that waits.</summary>
    [Theory]
    [InlineData(20000L, 75, 25)]
    [InlineData(null, 100, 0)]
    public async Task Overview_OfADecodedFileInWork_CountsStoredBytes(long? end, double left, long read)
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var node = await bench.StartNodeAsync();
        var claim = await bench.ClaimAsync(node);
        await node.Files.NoteInputAsync(claim, new InputNote(PositionUnit.DecodedByte, end), Stop);
        await bench.CommitAsync(node, claim.Span(0, 5000, PositionUnit.DecodedByte));

        var pipeline = (await new PipelineViews(bench.Database.DataSource).OverviewAsync(Stop)).Pipelines.Single();

        pipeline.InputBytesRate.ShouldBe(read / PipelineViews.RateWindow.TotalSeconds);
        pipeline.EtaSeconds.ShouldBe(read == 0 ? null : Math.Round(left / (read / PipelineViews.RateWindow.TotalSeconds), 1));
    }

    [Fact]
    public async Task Reject_OfAnInputWithoutLines_IsShownByItsRecord()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var node = await bench.StartNodeAsync();
        var claim = await bench.ClaimAsync(node);
        await node.Files.NoteInputAsync(claim, new InputNote(PositionUnit.Row, 4), Stop);
        await bench.ExecuteAsync(
            $"""
            INSERT INTO corrupt_records (raw_record, file, file_id, line, record_number, byte_offset, reason, detail, pipeline)
            VALUES ('x', '/in/a.parquet', {claim.FileId}, NULL, 3, 2, 'bad_value', 'not a number', 'test')
            """);
        var views = new RejectViews(bench.Database.DataSource);

        var shown = (await views.ListAsync(new RejectFilter(), 10, null, Stop)).Items.Single();
        var example = (await new RejectExamples(bench.Database.DataSource).ReadAsync([claim.FileId], 5, Stop)).Single();

        (shown.Line, shown.RecordNumber, shown.ByteOffset, shown.PositionUnit).ShouldBe((null, 3, 2, "row"));
        (example.Line, example.Record).ShouldBe((null, 3));
        (await views.ExportAsync(new RejectFilter(), Stop).ToArrayAsync(Stop)).Single().Line.ShouldBeNull();
    }
}
