using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Ledger;

/// <summary>A waiting file whose path is gone.</summary>
public sealed class VanishedFileTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ClaimEnd.Released, "ready")]
    [InlineData(ClaimEnd.Failed, "failed")]
    public async Task NoteVanished_SomethingIsLoaded_IsLeftToItsClaim(ClaimEnd end, string status)
    {
        await using var bench = await LoadBench.CreateAsync("SELECT 1");
        var node = await bench.StartNodeAsync();
        var claim = await bench.ClaimAsync(node);
        await bench.CommitAsync(node, claim.Span(0, 10, PositionUnit.Byte));
        await node.Files.EndClaimAsync(claim, end, "why", TimeSpan.Zero, Stop);

        await node.Files.NoteVanishedAsync("test", [claim.File.Path], Stop);

        (await bench.ScalarAsync<string>("SELECT status FROM ingest.file")).ShouldBe(status);
    }

    [Fact]
    public async Task NoteVanished_NothingIsLoaded_HasVanished()
    {
        await using var bench = await LoadBench.CreateAsync("SELECT 1");
        var node = await bench.StartNodeAsync();
        var claim = await bench.ClaimAsync(node);
        await node.Files.EndClaimAsync(claim, ClaimEnd.Released, "why", TimeSpan.Zero, Stop);

        await node.Files.NoteVanishedAsync("test", [claim.File.Path], Stop);

        (await bench.ScalarAsync<string>("SELECT status FROM ingest.file")).ShouldBe("vanished");
    }
}
