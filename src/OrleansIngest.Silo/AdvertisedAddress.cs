using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace OrleansIngest.Silo;

/// <summary>The address at which other silos reach this one, and the one it listens on.</summary>
public static class AdvertisedAddress
{
    /// <summary>The forms that <see cref="Parse"/> accepts, human-readable.</summary>
    public const string Expected =
        "an IP address of this machine such as 10.0.0.7, a network such as 10.0.0.0/8 in which this machine has one, or auto";

    /// <summary>Parses an address, a network in which this machine has exactly one address to choose, or
    /// <c>auto</c>, its first address that is not loopback.</summary>
    /// <exception cref="FormatException">It is none of these, or no address of this machine is in the network; the message lists
    /// its addresses.</exception>
    public static IPAddress Parse(string text)
    {
        if (text == "auto") return OwnAddresses().FirstOrDefault()
            ?? throw new FormatException("this machine has no address but loopback");
        if (IPAddress.TryParse(text, out var address))
            return IsAny(address) ? throw new FormatException(
                $"{text} is not an address that others can connect to; expected: {Expected}") : address;
        if (!IPNetwork.TryParse(text, out var network)) throw new FormatException($"'{text}' is not {Expected}");
        foreach (var own in OwnAddresses())
        {
            if (own.AddressFamily == network.BaseAddress.AddressFamily && network.Contains(own)) return own;
        }

        throw new FormatException(
            $"this machine has no address in {text}; it has "
                + $"{string.Join(", ", OwnAddresses().DefaultIfEmpty(IPAddress.Loopback))}");
    }

    /// <summary>The address to write into the membership table.</summary>
    internal static IPAddress Choose(IPAddress? configured) =>
        configured ?? (IsContainer ? OwnAddresses().FirstOrDefault() ?? IPAddress.Loopback : IPAddress.Loopback);

    /// <summary>The address to listen on: only that one, because traffic between silos carries no password. In a container all of
    /// its addresses, which are its own and may change with its networks.</summary>
    internal static IPAddress Listen(IPAddress advertised) =>
        IsContainer && !IPAddress.IsLoopback(advertised)
            ? advertised.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any
            : advertised;

    /// <summary>An address to show for a listener on all addresses: the first one of the machine or container, else
    /// loopback.</summary>
    public static IPAddress Reachable(IPAddress bound) =>
        !IsAny(bound) ? bound : OwnAddresses().FirstOrDefault()
            ?? (bound.Equals(IPAddress.Any) ? IPAddress.Loopback : IPAddress.IPv6Loopback);

    internal static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    static bool IsContainer { get; } =
        Environment.GetEnvironmentVariable("DOTNET_RUNNING_IN_CONTAINER") is "true" or "1"
        || Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is { Length: > 0 };

    static IEnumerable<IPAddress> OwnAddresses() =>
        NetworkInterface.GetAllNetworkInterfaces()
            .Where(i => i.OperationalStatus == OperationalStatus.Up && i.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .SelectMany(i => i.GetIPProperties().UnicastAddresses)
            .Select(a => a.Address)
            .Where(a => !IPAddress.IsLoopback(a) && !a.IsIPv6LinkLocal)
            .OrderBy(a => a.AddressFamily == AddressFamily.InterNetwork ? 0 : 1);
}
