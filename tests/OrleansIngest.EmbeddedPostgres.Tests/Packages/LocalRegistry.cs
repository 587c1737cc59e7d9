using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansIngest.EmbeddedPostgres.Packages;

namespace OrleansIngest.EmbeddedPostgres.Tests.Packages;

/// <summary>A registry of one package on this machine, as npm's protocol has it.</summary>
sealed class LocalRegistry : IAsyncDisposable
{
    readonly HandmadePackage _package;
    readonly HttpListener _listener;
    readonly Task _running;

    LocalRegistry(HandmadePackage package, HttpListener listener, Uri address)
    {
        (_package, _listener, Address) = (package, listener, address);
        _running = RunAsync();
    }

    /// <summary>A path below its host, as the registries of companies have.</summary>
    public Uri Address { get; }

    /// <summary>How often the package's file was asked for.</summary>
    public int Downloads { get; private set; }

    /// <summary>Awaited before the file is sent. Default: nothing.</summary>
    public Func<Task> BeforeFile { get; set; } = () => Task.CompletedTask;

    /// <summary>What is sent as the file. Default: the package's.</summary>
    public byte[]? File { get; set; }

    public PackageSource Source => new(Npm: null, Address);

    public static LocalRegistry Start(HandmadePackage package)
    {
        for (var attempt = 0; ; attempt++)
        {
            var address = new Uri($"http://127.0.0.1:{FreePort()}/api/npm/");
            var listener = new HttpListener { Prefixes = { address.AbsoluteUri } };
            try
            {
                listener.Start();
                return new LocalRegistry(package, listener, address);
            }
            catch (HttpListenerException) when (attempt < 5)
            {
                // Somebody else took the port.
            }
        }
    }

    /// <summary>A port on which nobody listens.</summary>
    public static int FreePort()
    {
        using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _running;
        _listener.Close();
    }

    async Task RunAsync()
    {
        try
        {
            while (_listener.IsListening)
            {
                await AnswerAsync(await _listener.GetContextAsync());
            }
        }
        catch (Exception stopped) when (stopped is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
        }
    }

    async Task AnswerAsync(HttpListenerContext context)
    {
        var (name, version) = (_package.Package.Name, _package.Package.Version);
        var file = $"{Address.AbsolutePath}{name}/-/linux-x64-{version}.tgz";
        byte[] body = [];
        switch (Uri.UnescapeDataString(context.Request.Url!.AbsolutePath))
        {
            case var path when path == file:
                Downloads++;
                await BeforeFile();
                body = File ?? _package.Bytes;
                break;
            case var path when path == Address.AbsolutePath + name:
                body = JsonSerializer.SerializeToUtf8Bytes(new JsonObject
                {
                    ["name"] = name,
                    ["dist-tags"] = new JsonObject { ["latest"] = version },
                    ["versions"] = new JsonObject
                    {
                        [version] = new JsonObject
                        {
                            ["name"] = name,
                            ["version"] = version,
                            ["dist"] = new JsonObject
                            {
                                ["tarball"] = new Uri(Address, file).AbsoluteUri,
                                ["integrity"] = $"sha512-{_package.Package.Sha512}",
                            },
                        },
                    },
                });
                break;
            default:
                context.Response.StatusCode = 404;
                break;
        }

        await context.Response.OutputStream.WriteAsync(body);
        context.Response.Close();
    }
}
