using Npgsql;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Ledger;

/// <summary>The fence decides for each batch by the batch's own claim.</summary>
public sealed class FenceTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A node that claims a file again may still have batches of its earlier claim in a lane, so that one transaction
    /// has both.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Begin_BatchesOfAnEndedClaimAndOfTheNextOne_OpensThoseOfTheNextOne(bool isWholeFile)
    {
        await using var bench = await LoadBench.CreateAsync("SELECT 1");
        var (ended, next) = await ClaimTwiceAsync(bench, await bench.StartNodeAsync());

        var verdicts = await BeginAsync(bench,
            Row(ended, 0, isWholeFile), Row(next, 0, isWholeFile), Row(ended, 10), Row(next, 10));

        verdicts.ShouldBe([FenceVerdict.Fenced, FenceVerdict.Open, FenceVerdict.Fenced, FenceVerdict.Open]);
    }

    [Fact]
    public async Task Begin_RightEpochOfAnotherOwner_IsFenced()
    {
        await using var bench = await LoadBench.CreateAsync("SELECT 1");
        var (_, claim) = await ClaimTwiceAsync(bench, await bench.StartNodeAsync());

        (await BeginAsync(bench, Row(claim with { Owner = new NodeId("another") }, 0), Row(claim, 10)))
            .ShouldBe([FenceVerdict.Fenced, FenceVerdict.Open]);
    }

    [Fact]
    public async Task Begin_AnswerOfTheCommitWasLost_SaysWhetherItIsCommitted()
    {
        await using var bench = await LoadBench.CreateAsync("SELECT 1");
        var node = await bench.StartNodeAsync();
        var claim = await bench.ClaimAsync(node);
        await bench.CommitAsync(node, claim.Span(0, 10, PositionUnit.Byte));

        (await BeginAsync(bench, Row(claim, 0) with { MayBeCommitted = true }, Row(claim, 10) with { MayBeCommitted = true }))
            .ShouldBe([FenceVerdict.Committed, FenceVerdict.Open]);
    }

    static async Task<(FileClaim Ended, FileClaim Next)> ClaimTwiceAsync(LoadBench bench, IngestNode node)
    {
        var ended = await bench.ClaimAsync(node);
        await node.Files.EndClaimAsync(ended, ClaimEnd.Released, "released", TimeSpan.Zero, Stop);
        return (ended, (await node.Files.ClaimAsync(bench.Pipeline.Name, node.Id, 1, null, Stop)).Single());
    }

    static FenceRow Row(FileClaim claim, long start, bool isWholeFile = false) =>
        new(claim.FileId, claim.Epoch, claim.Owner, start, start + 10, isWholeFile, MayBeCommitted: false);

    static async Task<FenceVerdict[]> BeginAsync(LoadBench bench, params FenceRow[] rows)
    {
        await using var connection = await bench.Database.DataSource.OpenConnectionAsync(Stop);
        var verdicts = await BatchLedger.BeginAsync(connection, rows, Stop);
        await using var end = new NpgsqlCommand("ROLLBACK", connection);
        await end.ExecuteNonQueryAsync(Stop);
        return verdicts;
    }
}
