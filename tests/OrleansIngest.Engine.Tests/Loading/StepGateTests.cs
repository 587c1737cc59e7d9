using OrleansIngest.Engine.Loading;

namespace OrleansIngest.Engine.Tests.Loading;

public sealed class StepGateTests
{
    readonly StepGate _gate = new();
    int _closed;

    [Fact]
    public void Closing_waits_for_the_step_under_way()
    {
        _gate.TryEnter().ShouldBeTrue();
        _gate.Close(() => _closed++);
        _closed.ShouldBe(0);
        _gate.Leave();
        _closed.ShouldBe(1);
    }

    [Fact]
    public void Closing_between_steps_is_done_at_once_and_lets_no_other_in()
    {
        _gate.TryEnter().ShouldBeTrue();
        _gate.Leave();
        _gate.Close(() => _closed++);
        _closed.ShouldBe(1);
        _gate.TryEnter().ShouldBeFalse();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Closing_twice_is_done_once(bool inStep)
    {
        if (inStep) _gate.TryEnter().ShouldBeTrue();
        _gate.Close(() => _closed++);
        _gate.Close(() => _closed++);
        if (inStep) _gate.Leave();
        _closed.ShouldBe(1);
    }
}
