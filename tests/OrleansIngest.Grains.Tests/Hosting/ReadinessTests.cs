using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansIngest.Silo;

namespace OrleansIngest.Grains.Tests.Hosting;

public sealed class ReadinessTests
{
    [Fact]
    public void Silo_is_ready_from_the_end_of_its_start_to_the_beginning_of_its_stop()
    {
        var lifetime = new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance);
        var readiness = new Readiness(lifetime);

        readiness.IsReady.ShouldBeFalse();
        lifetime.NotifyStarted();
        readiness.IsReady.ShouldBeTrue();
        lifetime.StopApplication();
        readiness.IsReady.ShouldBeFalse();
    }
}
