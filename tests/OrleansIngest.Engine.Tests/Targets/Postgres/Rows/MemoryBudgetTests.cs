using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Tests.Targets.Postgres.Rows;

public sealed class MemoryBudgetTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AcquireAsync_NoRoom_WaitsUntilSomeIsGivenBack()
    {
        var budget = MemoryBudget.Of(10);
        await budget.AcquireAsync(6, Stop);

        var second = budget.AcquireAsync(6, Stop);
        second.IsCompleted.ShouldBeFalse();
        budget.Release(6);
        await second;

        budget.Used.ShouldBe(6);
    }

    /// <summary>A small request must not overtake a large one for ever.</summary>
    [Fact]
    public async Task AcquireAsync_SmallBehindLarge_IsServedInOrder()
    {
        var budget = MemoryBudget.Of(10);
        await budget.AcquireAsync(8, Stop);
        var large = budget.AcquireAsync(9, Stop);
        var small = budget.AcquireAsync(1, Stop);

        small.IsCompleted.ShouldBeFalse();
        budget.Release(8);
        await large;
        await small;

        budget.Used.ShouldBe(10);
    }

    [Fact]
    public async Task AcquireAsync_MoreThanAll_IsLetThroughAlone()
    {
        var budget = MemoryBudget.Of(10);
        await budget.AcquireAsync(1, Stop);
        var huge = budget.AcquireAsync(100, Stop);

        huge.IsCompleted.ShouldBeFalse();
        budget.Release(1);
        await huge;

        budget.Used.ShouldBe(100);
    }

    [Fact]
    public async Task AcquireAsync_Cancelled_TakesNothingAndLetsTheNextThrough()
    {
        using var gaveUp = new CancellationTokenSource();
        var budget = MemoryBudget.Of(10);
        await budget.AcquireAsync(8, Stop);
        var first = budget.AcquireAsync(9, gaveUp.Token);
        var second = budget.AcquireAsync(5, Stop);

        await gaveUp.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(first);
        budget.Release(8);
        await second;

        budget.Used.ShouldBe(5);
    }

    [Fact]
    public async Task Extend_BatchOutgrowsItsRequest_OthersWaitForIt()
    {
        var budget = MemoryBudget.Of(10);
        await budget.AcquireAsync(4, Stop);
        budget.Extend(5);

        var next = budget.AcquireAsync(2, Stop);
        next.IsCompleted.ShouldBeFalse();
        budget.Release(9);
        await next;

        budget.Used.ShouldBe(2);
    }

    [Fact]
    public async Task AcquireAsync_ManyAtOnce_NeverExceedsTheCapacity()
    {
        var budget = MemoryBudget.Of(100);
        var most = 0L;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            for (var i = 0; i < 2000; i++)
            {
                var bytes = random.Next(1, 60);
                await budget.AcquireAsync(bytes, Stop);
                InterlockedMax(ref most, budget.Used);
                budget.Release(bytes);
            }
        }, Stop)));

        most.ShouldBeInRange(1, 100);
        budget.Used.ShouldBe(0);
    }

    static void InterlockedMax(ref long place, long value)
    {
        for (var seen = Volatile.Read(ref place); value > seen; seen = Volatile.Read(ref place))
        {
            if (Interlocked.CompareExchange(ref place, value, seen) == seen) return;
        }
    }
}
