using System.Diagnostics;

namespace OrleansIngest.Crash.Tests;

/// <summary>A network of its own on this machine: a bridge, and behind it a network namespace for each silo,
/// whose cable can be pulled.</summary>
sealed class SiloNetwork : IAsyncDisposable
{
    readonly string _id = $"{Environment.ProcessId % 100_000}";
    readonly int _places;

    SiloNetwork(int places) => _places = places;

    /// <summary>Where this machine is reached from the namespaces.</summary>
    public string Host => Address(0);

    /// <summary>The whole of it.</summary>
    public string Subnet => $"10.213.{Environment.ProcessId % 250}.0/24";

    /// <summary>Skips the test where namespaces cannot be made.</summary>
    public static async Task<SiloNetwork> CreateAsync(int places)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) Assert.Skip("network namespaces need Linux and root");
        var network = new SiloNetwork(places);
        try
        {
            await network.MakeAsync();
            return network;
        }
        catch (Exception failure) when (failure is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            await network.DisposeAsync();
            Assert.Skip($"network namespaces cannot be made here: {failure.Message}");
            throw new UnreachableException();
        }
    }

    /// <summary>Of a place, from 1; 0 is this machine.</summary>
    public string Address(int place) => $"10.213.{Environment.ProcessId % 250}.{place + 1}";

    /// <summary>What a command has to be run inside of to be at a place.</summary>
    public string[] Inside(int place) => ["ip", "netns", "exec", Name(place)];

    /// <summary>Pulls the cable: packets vanish, nobody is told.</summary>
    public Task CutAsync(int place) => IpAsync("link", "set", Cable(place), "nomaster");

    /// <summary>Puts it back.</summary>
    public Task MendAsync(int place) => IpAsync("link", "set", Cable(place), "master", Bridge);

    public async ValueTask DisposeAsync()
    {
        for (var place = 1; place <= _places; place++) await IpAsync(mayFail: true, "netns", "del", Name(place));
        await IpAsync(mayFail: true, "link", "del", Bridge);
    }

    string Bridge => $"igb{_id}";

    string Name(int place) => $"ingest-{_id}-{place}";

    string Cable(int place) => $"igv{_id}-{place}";

    async Task MakeAsync()
    {
        await IpAsync("link", "add", Bridge, "type", "bridge");
        await IpAsync("addr", "add", $"{Host}/24", "dev", Bridge);
        await IpAsync("link", "set", Bridge, "up");
        for (var place = 1; place <= _places; place++)
        {
            await IpAsync("netns", "add", Name(place));
            await IpAsync("link", "add", Cable(place), "type", "veth", "peer", "name", "eth0", "netns", Name(place));
            await IpAsync("link", "set", Cable(place), "master", Bridge, "up");
            await IpAsync("-n", Name(place), "addr", "add", $"{Address(place)}/24", "dev", "eth0");
            await IpAsync("-n", Name(place), "link", "set", "eth0", "up");
            await IpAsync("-n", Name(place), "link", "set", "lo", "up");
        }
    }

    static Task IpAsync(params string[] arguments) => IpAsync(mayFail: false, arguments);

    static async Task IpAsync(bool mayFail, params string[] arguments)
    {
        using var ip = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        var error = await ip.StandardError.ReadToEndAsync();
        await ip.WaitForExitAsync();
        if (ip.ExitCode != 0 && !mayFail)
            throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {error.Trim()}");
    }
}
