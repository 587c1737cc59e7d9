using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Tests.Loading;

public sealed class RetryPolicyTests
{
    static readonly PipelineOptions Options = new()
    {
        RetryInitialDelay = TimeSpan.FromSeconds(2),
        RetryMaxDelay = TimeSpan.FromSeconds(50)
    };

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 4)]
    [InlineData(5, 32)]
    [InlineData(6, 50)]
    [InlineData(1000, 50)]
    [InlineData(int.MaxValue, 50)]
    public void DelayAfter_Failures_DoublesUpToTheLongest(int failures, int seconds) =>
        RetryPolicy.DelayAfter(failures, Options).ShouldBe(TimeSpan.FromSeconds(seconds));
}
