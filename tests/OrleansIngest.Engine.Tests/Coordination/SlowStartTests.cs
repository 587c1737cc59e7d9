using OrleansIngest.Engine.Coordination;

namespace OrleansIngest.Engine.Tests.Coordination;

public sealed class SlowStartTests
{
    [Theory]
    [InlineData(128, 0, 8)]
    [InlineData(128, 1.5, 16)]
    [InlineData(128, 4, 128)]
    [InlineData(128, 3_000_000, 128)]
    [InlineData(4, 0, 4)]
    [InlineData(10_000, 20, 10_000)]
    public void Places_double_every_second_up_to_the_capacity(int capacity, double seconds, int places) =>
        SlowStart.Places(capacity, TimeSpan.FromSeconds(seconds)).ShouldBe(places);
}
