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
        var readiness = new Readiness(lifetime, () => true);

        readiness.IsReady.ShouldBeFalse();
        lifetime.NotifyStarted();
        readiness.IsReady.ShouldBeTrue();
        lifetime.StopApplication();
        readiness.IsReady.ShouldBeFalse();
    }

    [Fact]
    public void Silo_that_does_not_reach_the_ledger_is_not_ready_until_it_does_again()
    {
        var lifetime = new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance);
        var reaches = false;
        var readiness = new Readiness(lifetime, () => reaches);
        lifetime.NotifyStarted();

        readiness.WhyNot.ShouldBe("the database has been unreachable for more than 8 s");
        reaches = true;
        readiness.WhyNot.ShouldBeNull();
    }
}
