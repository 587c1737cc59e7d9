using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrleansIngest.Testing;

/// <summary>A real HTTP server that keeps what it gets.</summary>
public sealed class HttpReceiver : IAsyncDisposable
{
    readonly HttpListener _listener;
    readonly Task _running;
    readonly ConcurrentQueue<ReceivedRequest> _received = new();

    HttpReceiver(HttpListener listener, Uri address)
    {
        (_listener, Address) = (listener, address);
        _running = RunAsync();
    }

    /// <summary>Its base address.</summary>
    public Uri Address { get; }

    /// <summary>What it got, oldest first.</summary>
    public IReadOnlyCollection<ReceivedRequest> Received => _received;

    /// <summary>What it answers; may block. Default: 200.</summary>
    public Func<ReceivedRequest, Task<HttpStatusCode>> Answer { get; set; } = _ => Task.FromResult(HttpStatusCode.OK);

    /// <summary>Starts on a free port of this machine.</summary>
    public static Task<HttpReceiver> StartAsync()
    {
        for (var attempt = 0; ; attempt++)
        {
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            var port = ((IPEndPoint)probe.LocalEndPoint!).Port;
            probe.Close();
            var listener = new HttpListener { Prefixes = { $"http://127.0.0.1:{port}/" } };
            try
            {
                listener.Start();
                return Task.FromResult(new HttpReceiver(listener, new Uri($"http://127.0.0.1:{port}")));
            }
            catch (HttpListenerException) when (attempt < 5)
            {
                // Somebody else took the port.
            }
        }
    }

    /// <summary>Waits until it has got something that matches.</summary>
    public async Task<ReceivedRequest> WaitForAsync(Func<ReceivedRequest, bool> matches, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_received.FirstOrDefault(matches) is { } found) return found;
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _running;
        _listener.Close();
    }

    async Task RunAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception failure) when (failure is HttpListenerException or ObjectDisposedException
                or InvalidOperationException)
            {
                return;
            }

            _ = ServeAsync(context);
        }
    }

    async Task ServeAsync(HttpListenerContext context)
    {
        try
        {
            using var reader = new StreamReader(context.Request.InputStream, Encoding.Latin1);
            var headers = context.Request.Headers.AllKeys.ToDictionary(k => k!, k => context.Request.Headers[k]!,
                StringComparer.OrdinalIgnoreCase);
            var request = new ReceivedRequest(context.Request.HttpMethod, context.Request.Url!.AbsolutePath, headers,
                await reader.ReadToEndAsync());
            _received.Enqueue(request);
            context.Response.StatusCode = (int)await Answer(request);
            context.Response.Close();
        }
        catch (Exception failure) when (failure is HttpListenerException or ObjectDisposedException or InvalidOperationException
            or IOException)
        {
            // The client has gone.
        }
    }
}

/// <summary>A request.</summary>
/// <param name="Method">GET, POST.</param>
/// <param name="Path">Without the query.</param>
/// <param name="Headers">By name.</param>
/// <param name="Text">The body, a character per byte.</param>
public sealed record ReceivedRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, string Text);
