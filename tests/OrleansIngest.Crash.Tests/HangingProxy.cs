using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace OrleansIngest.Crash.Tests;

/// <summary>A TCP proxy in front of PostgreSQL that passes nothing on any more, on any connection, once a session
/// of a certain name begins.</summary>
sealed class HangingProxy : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly IPEndPoint _server;
    readonly byte[] _name;
    readonly CancellationTokenSource _stop = new();
    readonly TaskCompletionSource _hangs = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Task _accepting;

    /// <param name="connectionString">PostgreSQL's, on this machine.</param>
    /// <param name="hangsAt">A part of the application name in a session's first message.</param>
    public HangingProxy(string connectionString, string hangsAt)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        _server = new IPEndPoint(IPAddress.Loopback, settings.Port);
        _name = Encoding.UTF8.GetBytes(hangsAt);
        _listener.Start();
        settings.Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        ConnectionString = settings.ConnectionString;
        _accepting = AcceptAsync();
    }

    /// <summary>The same, through this proxy.</summary>
    public string ConnectionString { get; }

    /// <summary>Ends when the session has begun.</summary>
    public Task Hangs => _hangs.Task;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    async Task AcceptAsync()
    {
        try
        {
            while (true) _ = RelayAsync(await _listener.AcceptSocketAsync(_stop.Token));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    async Task RelayAsync(Socket client)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using (client)
        {
            try
            {
                await server.ConnectAsync(_server, _stop.Token);
                await Task.WhenAny(PumpAsync(client, server), PumpAsync(server, client));
            }
            catch (Exception ended) when (ended is SocketException or OperationCanceledException)
            {
                // One side is gone: so is the other.
            }
        }
    }

    async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[1 << 16];
        while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var read)
        {
            if (buffer.AsSpan(0, read).IndexOf(_name) >= 0) _hangs.TrySetResult();
            if (_hangs.Task.IsCompleted) await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop.Token);
            await to.SendAsync(buffer.AsMemory(0, read), _stop.Token);
        }
    }
}
