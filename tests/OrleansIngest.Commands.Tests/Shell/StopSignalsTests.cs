using Microsoft.Extensions.Time.Testing;
using OrleansIngest.Commands.Shell;

namespace OrleansIngest.Commands.Tests.Shell;

public sealed class StopSignalsTests
{
    readonly FakeTimeProvider _time = new();

    [Fact]
    public void Take_SignalsAtOnce_AreOneRequest()
    {
        var signals = new StopSignals(_time);

        signals.Take().ShouldBe(StopRequest.First);
        signals.Take().ShouldBe(StopRequest.Repeated);
        _time.Advance(StopSignals.Together - TimeSpan.FromMilliseconds(1));
        signals.Take().ShouldBe(StopRequest.Repeated);
    }

    [Fact]
    public void Take_LaterSignal_IsUrgent()
    {
        var signals = new StopSignals(_time);

        signals.Take().ShouldBe(StopRequest.First);
        _time.Advance(StopSignals.Together);
        signals.Take().ShouldBe(StopRequest.Urgent);
    }
}
