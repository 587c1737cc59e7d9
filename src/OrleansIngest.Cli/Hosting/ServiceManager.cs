using Microsoft.Extensions.Hosting.Systemd;

namespace OrleansIngest.Cli.Hosting;

/// <summary>Reports the state of the process to systemd if it runs as a unit of
/// <c>Type=notify</c>; otherwise does nothing.</summary>
static class ServiceManager
{
    static readonly SystemdNotifier Notifier = new();

    /// <summary>The service is started: systemd starts the units that come after it.</summary>
    public static void Ready() => Notifier.Notify(ServiceState.Ready);

    /// <summary>The service drains; systemd waits for its end (<c>TimeoutStopSec</c>).</summary>
    public static void Stopping() => Notifier.Notify(ServiceState.Stopping);
}
