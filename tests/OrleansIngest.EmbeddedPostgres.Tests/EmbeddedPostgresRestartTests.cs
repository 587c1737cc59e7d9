using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using static OrleansIngest.EmbeddedPostgres.Tests.ServerFixture;

namespace OrleansIngest.EmbeddedPostgres.Tests;

/// <summary>What the last server left behind, and the next start mends.</summary>
public sealed class EmbeddedPostgresRestartTests : IAsyncLifetime
{
    const string CreateRow = "CREATE TABLE kept AS SELECT 42 AS answer; SELECT answer FROM kept";
    const string ReadRow = "SELECT answer FROM kept";

    readonly ServerFixture _fixture = new();

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Start_AfterStop_KeepsDataAndPort()
    {
        var first = await _fixture.StartAsync();
        await AskAsync(first, CreateRow);
        await first.DisposeAsync();

        var second = await _fixture.StartAsync();

        (await AskAsync(second, ReadRow)).ShouldBe("42");
        second.Port.ShouldBe(first.Port);
    }

    [Fact]
    public async Task Start_AfterKillOfTheServer_RecoversCommittedRows()
    {
        var first = await _fixture.StartAsync();
        await AskAsync(first, CreateRow);
        var pid = first.ProcessId!.Value;
        await KillAsync(pid);

        (await first.EnsureRunningAsync()).ShouldBeTrue();

        first.ProcessId.ShouldNotBe(pid);
        (await AskAsync(first, ReadRow)).ShouldBe("42");
        (await first.EnsureRunningAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task Start_StaleFileNamesALivingStranger_StartsAnyway()
    {
        var first = await _fixture.StartAsync();
        await first.DisposeAsync();
        using var stranger = Process.Start(Command.StartInfo(
            [.. ServerAccount.Choose(null, _fixture.Folder).Wrap(["/bin/sleep", "1000"])]))!;
        await File.WriteAllLinesAsync(Path.Combine(_fixture.Folder, "data", "postmaster.pid"),
            [stranger.Id.ToString(CultureInfo.InvariantCulture), Path.Combine(_fixture.Folder, "data"), "1", "1", "", "127.0.0.1",
                "", "ready"]);
        try
        {
            (await AskAsync(await _fixture.StartAsync(), "SELECT 1")).ShouldBe("1");
        }
        finally
        {
            await KillAsync(stranger.Id);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("12")]
    public async Task Start_TruncatedPidFile_StartsAnyway(string content)
    {
        await (await _fixture.StartAsync()).DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(_fixture.Folder, "data", "postmaster.pid"), content);

        (await AskAsync(await _fixture.StartAsync(), "SELECT 1")).ShouldBe("1");
    }

    [Fact]
    public async Task Start_LeftoversOfAKilledInitdb_BeginsAnew()
    {
        Directory.CreateDirectory(Path.Combine(_fixture.Folder, "data.new-1", "data", "base"));
        Directory.CreateDirectory(Path.Combine(_fixture.Folder, "data"));

        (await AskAsync(await _fixture.StartAsync(), "SELECT 1")).ShouldBe("1");
        Directory.Exists(Path.Combine(_fixture.Folder, "data.new-1")).ShouldBeFalse();
    }

    [Fact]
    public async Task Start_LastPortIsTaken_TakesAnother()
    {
        var first = await _fixture.StartAsync();
        await first.DisposeAsync();
        using var stranger = new TcpListener(IPAddress.Loopback, first.Port);
        stranger.Start();

        var second = await _fixture.StartAsync();

        second.Port.ShouldNotBe(first.Port);
        (await AskAsync(second, "SELECT 1")).ShouldBe("1");
    }

    [Fact]
    public async Task EnsureRunning_PortOfAKilledServerIsNotYetFree_WaitsForIt()
    {
        var server = await _fixture.StartAsync();
        var port = server.Port;
        await KillAsync(server.ProcessId!.Value);
        using var dying = new TcpListener(IPAddress.Loopback, port);
        dying.Start();

        var restart = server.EnsureRunningAsync();
        var starting = Path.Combine(_fixture.Folder, "lock");
        await Task.Run(() => SpinWait.SpinUntil(() => IsLocked(starting), TimeSpan.FromSeconds(30)));
        dying.Stop();

        (await restart).ShouldBeTrue();
        server.Port.ShouldBe(port);
    }

    static bool IsLocked(string path)
    {
        try
        {
            File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
