using System.Net.Sockets;
using System.Text;

namespace OrleansIngest.Crash.Tests;

/// <summary>What a unit of <c>Type=notify</c> hears: that the service is ready, once its files can be loaded,
/// and that it is about to end.</summary>
public sealed class ServiceManagerTests
{
    [Theory]
    [InlineData("up")]
    [InlineData("monitor")]
    public async Task Service_manager_hears_when_the_service_is_ready_and_when_it_stops(string command)
    {
        await using var files = await KnownFiles.CreateAsync(files: 1, records: 10, batchRecords: 5);
        var path = Path.Combine(files.Folder, "notify");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        using var service = IngestProcess.Start(
            files.ConnectionString, null, ["env", $"NOTIFY_SOCKET={path}"],
            [command, "--config", files.Config, "--http", "127.0.0.1:0"]);

        (await ReceiveAsync(socket)).ShouldBe("READY=1");
        service.Signal("TERM");
        (await ReceiveAsync(socket)).ShouldBe("STOPPING=1");

        var said = await service.WaitAsync();
        service.ExitCode.ShouldBe(0, said);
    }

    static async Task<string> ReceiveAsync(Socket socket)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        var buffer = new byte[256];
        return Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer, patience.Token));
    }
}
