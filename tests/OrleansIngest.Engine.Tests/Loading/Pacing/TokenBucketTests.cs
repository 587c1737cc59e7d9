using CsCheck;
using Microsoft.Extensions.Time.Testing;
using OrleansIngest.Engine.Loading.Pacing;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Tests.Loading.Pacing;

public sealed class TokenBucketTests
{
    [Fact]
    public void TryTake_AnyAmountsAtAnyTimes_KeepsTheRateAndWastesNothing() =>
        Gen.Select(Gen.Int[1, 5000], Gen.Select(Gen.Int[0, 3000], Gen.Int[1, 20_000]).Array[1, 200]).Sample((rate, takes) =>
        {
            var time = new FakeTimeProvider();
            var bucket = new TokenBucket(rate, time);
            double taken = 0, waited = 0;
            foreach (var (pause, amount) in takes)
            {
                time.Advance(TimeSpan.FromMilliseconds(pause));
                waited += pause / 1000.0;
                var wait = bucket.TryTake(amount);
                if (wait > TimeSpan.Zero)
                {
                    // Whoever waits as long as told gets it.
                    time.Advance(wait);
                    waited += wait.TotalSeconds;
                    if (bucket.TryTake(amount) != TimeSpan.Zero) return false;
                }

                taken += amount;
                // All but what is larger than a second's worth is paid for.
                if (taken - Math.Max(0, amount - rate) > rate * (waited + 1) + 1e-6) return false;
            }

            return true;
        });

    [Fact]
    public void TryTake_HalfAShare_TakesTwiceAsLong()
    {
        var time = new FakeTimeProvider();
        var bucket = new TokenBucket(100, time) { Share = 0.5 };

        bucket.TryTake(100).ShouldBe(TimeSpan.Zero);

        bucket.TryTake(1).TotalSeconds.ShouldBe(1.02, 0.01);
        bucket.Correct(-100);
        bucket.TryTake(1).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public async Task TakeAsync_SeveralNodesAtWork_KeepsToItsPart()
    {
        var time = new FakeTimeProvider();
        var nodes = 1;
        var pace = PipelinePace.Of(new PipelineOptions { MaxRowsPerSecond = 100, MaxBytesPerSecond = 1 << 20 },
            _ => Task.FromResult(nodes), time)!;
        await pace.TakeAsync(new PipelinePace.Amount(100, 1000), TestContext.Current.CancellationToken);
        nodes = 4;
        time.Advance(TimeSpan.FromSeconds(1.5)); // filled to the brim, which is 25 from now on
        await pace.TakeAsync(new PipelinePace.Amount(75, 1000), TestContext.Current.CancellationToken);

        var next = pace.TakeAsync(new PipelinePace.Amount(1, 1), TestContext.Current.CancellationToken);

        time.Advance(TimeSpan.FromSeconds(1));
        await Task.Yield();
        next.IsCompleted.ShouldBeFalse("50 are owed, and 25 come in a second");
        while (!next.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        (time.GetUtcNow() - time.Start).TotalSeconds.ShouldBeGreaterThanOrEqualTo(3.5);
    }

    [Fact]
    public async Task TakeAsync_AnotherGivesItsBatchBack_GoesOnWithoutAWaitForTheClock()
    {
        var time = new FakeTimeProvider(); // stands still
        var batch = new PipelinePace.Amount(1000, 1000);
        var pace = PipelinePace.Of(new PipelineOptions { MaxRowsPerSecond = 1000 }, _ => Task.FromResult(1), time)!;
        await pace.TakeAsync(batch, TestContext.Current.CancellationToken);
        var next = pace.TakeAsync(batch, TestContext.Current.CancellationToken);
        next.IsCompleted.ShouldBeFalse("all of the second is taken");

        pace.Settle(batch, new PipelinePace.Amount(0, 0));

        await next.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken); // only a failure takes as long
    }

    [Fact]
    public void Smooth_LimitBelowABatch_MakesBatchesOfASecond()
    {
        var smooth = PipelinePace.Smooth(new PipelineOptions { MaxRowsPerSecond = 500, MaxBytesPerSecond = 100_000 });
        var unlimited = new PipelineOptions();

        (smooth.BatchRecords, smooth.BatchBytes).ShouldBe((500, 100_000));
        PipelinePace.Smooth(unlimited).ShouldBeSameAs(unlimited);
        PipelinePace.Of(unlimited, _ => Task.FromResult(1), TimeProvider.System).ShouldBeNull();
    }
}
