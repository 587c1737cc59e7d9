using System.Net;
using System.Net.Sockets;

namespace OrleansIngest.Silo;

/// <summary>Binds the port of the web server ahead of it, so that the address is known before the start and
/// cannot be taken in between.</summary>
static class HttpSocket
{
    const int Tries = 100;

    /// <exception cref="InvalidOperationException">The port is in use, or may not be opened; the message says which.</exception>
    public static Socket Bind(IPEndPoint wanted, bool isExplicit)
    {
        for (var i = 0; ; i++)
        {
            var endpoint = new IPEndPoint(wanted.Address, wanted.Port == 0 ? 0 : wanted.Port + i);
            var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                if (endpoint.Address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
                socket.Bind(endpoint);
                // Bind alone lets a second socket bind as well, as long as neither listens.
                socket.Listen(512);
                return socket;
            }
            catch (SocketException failure)
            {
                socket.Dispose();
                var mayMove = !isExplicit && wanted.Port != 0 && i + 1 < Tries
                    && failure.SocketErrorCode == SocketError.AddressAlreadyInUse;
                if (!mayMove)
                    throw new InvalidOperationException($"Cannot serve on http://{endpoint}: {failure.Message}", failure);
            }
        }
    }
}
