using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace OrleansIngest.Silo;

/// <summary>The two ports of a silo, reserved for the lifetime of this object.</summary>
/// <remarks>Orleans opens its own sockets, later. Between our check and its bind another silo of this machine could take the same
/// pair, so the pair is locked with a file as well; the system drops the lock when the process ends, however it ends.</remarks>
sealed class PortPair : IDisposable
{
    const int Tries = 100;

    readonly FileStream _lock;

    PortPair(int siloPort, int gatewayPort, FileStream @lock)
    {
        SiloPort = siloPort;
        GatewayPort = gatewayPort;
        _lock = @lock;
    }

    public int SiloPort { get; }

    public int GatewayPort { get; }

    /// <summary>The generation of the last silo with these ports on this machine; 0 if unknown. It outlives the process, in the
    /// file of the lock.</summary>
    public int Generation
    {
        get
        {
            Span<byte> bytes = stackalloc byte[sizeof(int)];
            return RandomAccess.Read(_lock.SafeFileHandle, bytes, 0) == bytes.Length
                ? BinaryPrimitives.ReadInt32LittleEndian(bytes) : 0;
        }

        set
        {
            Span<byte> bytes = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
            RandomAccess.Write(_lock.SafeFileHandle, bytes, 0);
        }
    }

    /// <exception cref="InvalidOperationException">All hundred pairs are taken.</exception>
    public static PortPair Take(IPAddress address, int firstSiloPort, int firstGatewayPort)
    {
        for (var i = 0; i < Tries; i++)
        {
            var (silo, gateway) = (firstSiloPort + i, firstGatewayPort + i);
            if (TryLock(silo) is not { } held) continue;
            if (IsFree(address, silo) && IsFree(address, gateway)) return new PortPair(silo, gateway, held);
            held.Dispose();
        }

        throw new InvalidOperationException(
            $"No free pair of ports for a silo on {address}: tried {firstSiloPort} to {firstSiloPort + Tries - 1} with "
                + $"{firstGatewayPort} to {firstGatewayPort + Tries - 1}.");
    }

    public void Dispose() => _lock.Dispose();

    static FileStream? TryLock(int port)
    {
        try
        {
            // FileShare.None is flock() on Unix. The file stays: deleting it would let a third process lock a file of the same
            // name that the second does not see.
            return new FileStream(Path.Combine(Path.GetTempPath(), $"ingest-silo-{port}.lock"), FileMode.OpenOrCreate,
                FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null; // held by another silo, or another user's
        }
    }

    static bool IsFree(IPAddress address, int port)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
