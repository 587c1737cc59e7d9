using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace OrleansIngest.Silo;

/// <summary>At which address the other silos find this one, and on which it listens.</summary>
static class AdvertisedAddress
{
    /// <summary>The address to write into the membership table.</summary>
    public static IPAddress Choose(IPAddress? configured) =>
        configured ?? (IsContainer ? OwnAddress() ?? IPAddress.Loopback : IPAddress.Loopback);

    /// <summary>The address to listen on: that one and no other, because traffic between silos carries no password. In a container all of its
    /// addresses, which are its own and may change with its networks.</summary>
    public static IPAddress Listen(IPAddress advertised) =>
        IsContainer && !IPAddress.IsLoopback(advertised)
            ? advertised.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any
            : advertised;

    static bool IsContainer { get; } =
        Environment.GetEnvironmentVariable("DOTNET_RUNNING_IN_CONTAINER") is "true" or "1"
        || Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is { Length: > 0 };

    static IPAddress? OwnAddress() =>
        NetworkInterface.GetAllNetworkInterfaces()
            .Where(i => i.OperationalStatus == OperationalStatus.Up && i.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .SelectMany(i => i.GetIPProperties().UnicastAddresses)
            .Select(a => a.Address)
            .Where(a => !IPAddress.IsLoopback(a) && !a.IsIPv6LinkLocal)
            .OrderBy(a => a.AddressFamily == AddressFamily.InterNetwork ? 0 : 1)
            .FirstOrDefault();
}
