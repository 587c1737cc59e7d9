using System.Net;
using System.Net.Sockets;

namespace OrleansIngest.Testing;

/// <summary>A TCP proxy in front of PostgreSQL that cuts the connection when the server has answered a COMMIT, before the client
/// hears it: the commit is done, and nobody was told.</summary>
public sealed class CuttingProxy : IAsyncDisposable
{
    readonly TcpListener _listener;
    readonly IPEndPoint _server;
    readonly CancellationTokenSource _stop = new();
    readonly Task _accepting;
    readonly byte[] _statement;
    int _cutsLeft;
    int _cuts;
    int _answersLeft; // until one is lost; 0 and less: none is

    /// <param name="port">PostgreSQL's, on this machine.</param>
    /// <param name="cuts">How many answers to lose.</param>
    /// <param name="statement">A part of a statement by which the transactions are known whose answers are lost.</param>
    /// <param name="listen">Where to listen, as one did that is gone; 0: any free port.</param>
    public CuttingProxy(int port, int cuts, string statement = "INSERT INTO ingest.batch", int listen = 0)
    {
        _listener = new TcpListener(IPAddress.Loopback, listen);
        _statement = System.Text.Encoding.UTF8.GetBytes(statement);
        _server = new IPEndPoint(IPAddress.Loopback, port);
        _cutsLeft = cuts;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where to connect instead.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Loses the answer to any statement, or to a batch of them: after so many answers, of all connections, from
    /// now.</summary>
    public void LoseAnswer(int number) => Volatile.Write(ref _answersLeft, number);

    /// <summary>How many answers were lost.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _ = RelayAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
            catch (Exception failure) when (failure is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    async Task RelayAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                await server.ConnectAsync(_server, _stop.Token);
                var connection = new Connection();
                await Task.WhenAny(UpAsync(client.GetStream(), server.GetStream(), connection),
                    DownAsync(server.GetStream(), client.GetStream(), connection));
            }
            catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException)
            {
                // One side is gone: so is the other.
            }
        }
    }

    async Task UpAsync(NetworkStream from, NetworkStream to, Connection connection)
    {
        var buffer = new byte[1 << 16];
        int read;
        while ((read = await from.ReadAsync(buffer, _stop.Token)) > 0)
        {
            // Parse carries the statement's text; the tests connect without automatic preparation, so that every COMMIT is seen.
            if (buffer.AsSpan(0, read).IndexOf(_statement) >= 0) connection.Commits = true;
            await to.WriteAsync(buffer.AsMemory(0, read), _stop.Token);
        }
    }

    async Task DownAsync(NetworkStream from, NetworkStream to, Connection connection)
    {
        var buffer = new byte[1 << 16];
        int read;
        while ((read = await from.ReadAsync(buffer, _stop.Token)) > 0)
        {
            // CommandComplete of the COMMIT: the server has done it.
            if (connection.Commits && buffer.AsSpan(0, read).IndexOf("COMMIT\0"u8) >= 0)
            {
                connection.Commits = false;
                if (Interlocked.Decrement(ref _cutsLeft) >= 0)
                {
                    Interlocked.Increment(ref _cuts);
                    return;
                }
            }

            // ReadyForQuery ends an answer.
            if (buffer.AsSpan(0, read) is [.., (byte)'Z', 0, 0, 0, 5, _] && Volatile.Read(ref _answersLeft) > 0
                && Interlocked.Decrement(ref _answersLeft) == 0)
            {
                Interlocked.Increment(ref _cuts);
                return;
            }

            await to.WriteAsync(buffer.AsMemory(0, read), _stop.Token);
        }
    }

    sealed class Connection
    {
        public volatile bool Commits;
    }
}
