using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Tests.Coordination;

public sealed class IngestNodeOptionsTests
{
    static readonly IngestNodeOptions Sound = new() { ConnectionString = "Host=x", Pipelines = [BuiltInPipelines.Events()] };

    [Fact]
    public void Validate_Defaults_AreSound() => Sound.Validate().ShouldBeEmpty();

    [Theory]
    [InlineData((1 << 20) - 1)]
    [InlineData((1L << 40) + 1)]
    public void Validate_BatchMemoryOutOfRange_IsNamed(long bytes) =>
        (Sound with { BatchMemoryBytes = bytes }).Validate().Single().Path.ShouldBe("node.batchMemoryBytes");

    [Theory]
    [InlineData(0)]
    [InlineData(10_001)]
    public void Validate_CapacityOutOfRange_IsNamed(int files) =>
        (Sound with { Capacity = files }).Validate().Single().Path.ShouldBe("node.capacity");

    [Fact]
    public void Validate_LoadWithoutPipeline_IsNamed() =>
        (Sound with { Pipelines = [], Kind = "load" }).Validate().Single().Path.ShouldBe("node.pipelines");

    [Fact]
    public void Validate_SiloWithoutPipeline_IsSound() =>
        (Sound with { Pipelines = [] }).Validate().ShouldBeEmpty("they may come while it runs");
}
