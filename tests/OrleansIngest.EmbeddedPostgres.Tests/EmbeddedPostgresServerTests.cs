using System.Globalization;
using static OrleansIngest.EmbeddedPostgres.Tests.ServerFixture;

namespace OrleansIngest.EmbeddedPostgres.Tests;

public sealed class EmbeddedPostgresServerTests : IAsyncLifetime
{
    const string CreateRow = "CREATE TABLE kept AS SELECT 42 AS answer; SELECT answer FROM kept";
    const string ReadRow = "SELECT answer FROM kept";

    readonly ServerFixture _fixture = new();

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Start_EmptyFolder_AnswersInUtf8AndUtcWithEveryCommitOnDisk()
    {
        var server = await _fixture.StartAsync("my base");

        (await AskAsync(server, "SELECT current_database()")).ShouldBe("my base");
        (await AskAsync(server, "SHOW server_encoding")).ShouldBe("UTF8");
        (await AskAsync(server, "SHOW timezone")).ShouldBe("UTC");
        (await AskAsync(server, "SHOW synchronous_commit")).ShouldBe("on");
        (await AskAsync(server, "SHOW listen_addresses")).ShouldBe("127.0.0.1");
        (await AskAsync(server, "SELECT upper('é')")).ShouldBe("É");
    }

    [Fact]
    public async Task Start_AsRoot_RunsAsAnotherUser()
    {
        var server = await _fixture.StartAsync();

        var uid = (await File.ReadAllLinesAsync(string.Create(CultureInfo.InvariantCulture, $"/proc/{server.ProcessId}/status")))
            .Single(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1];
        uid.ShouldNotBe("0");
        server.ServerUser.ShouldNotBe("root");
    }

    [Fact]
    public async Task Start_OwnSession_NotOfThisProgram()
    {
        var server = await _fixture.StartAsync();

        // Field 6 of stat, the fourth after the name's closing bracket, is the session.
        static string Session(string pid) => File.ReadAllText($"/proc/{pid}/stat").Split(") ")[1].Split(' ')[3];
        Session(server.ProcessId!.Value.ToString(CultureInfo.InvariantCulture)).ShouldNotBe(Session("self"));
    }

    [Fact]
    public async Task Password_File_IsReadableByItsOwnerOnlyAndKeptOutOfThePsqlCommand()
    {
        var server = await _fixture.StartAsync();

        var file = Path.Combine(server.DataDirectory, "pgpass");
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var password = (await File.ReadAllTextAsync(file)).Trim().Split(':')[^1];
        password.Length.ShouldBe(32);
        server.PsqlCommand.ShouldNotContain(password);
    }

    [Fact]
    public async Task PsqlCommand_Pasted_OpensTheDatabase()
    {
        var server = await _fixture.StartAsync("it's mine");

        var (code, output) = await Command.RunAsync(
            ["/bin/sh", "-c", server.PsqlCommand + " -Atc 'select current_database()'"], CancellationToken.None);
        (code, output).ShouldBe((0, "it's mine"));
    }

    [Fact]
    public async Task Start_WhileRunning_JoinsAndTheLastThatLeavesStopsIt()
    {
        var first = await _fixture.StartAsync();
        var second = await _fixture.StartAsync("other");
        var pid = first.ProcessId;

        second.ProcessId.ShouldBe(pid);
        await first.DisposeAsync();
        (await AskAsync(second, "SELECT 1")).ShouldBe("1");
        await second.DisposeAsync();
        second.ProcessId.ShouldBeNull();
        (await EmbeddedPostgresServer.StopUnusedAsync(_fixture.Folder)).ShouldBeTrue();
    }

    [Fact]
    public async Task Start_ManyAtOnceOnAnEmptyFolder_ShareOneServer()
    {
        var servers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _fixture.StartAsync()));

        servers.Select(server => server.ProcessId).Distinct().Count().ShouldBe(1);
        servers.Select(server => server.ConnectionString).Distinct().Count().ShouldBe(1);
        await Task.WhenAll(servers.Select(server => server.DisposeAsync().AsTask()));
        servers[0].ProcessId.ShouldBeNull();
    }

    [Fact]
    public async Task Share_OfAKilledProgram_DoesNotCount()
    {
        var server = await _fixture.StartAsync();
        var dead = Path.Combine(_fixture.Folder, "users", "1.dead");
        await File.WriteAllTextAsync(dead, "");

        await server.DisposeAsync();

        server.ProcessId.ShouldBeNull();
        File.Exists(dead).ShouldBeFalse();
    }

    [Fact]
    public async Task StopUnused_WhileSomebodyUsesIt_LeavesItAlone()
    {
        var server = await _fixture.StartAsync();

        (await EmbeddedPostgresServer.StopUnusedAsync(_fixture.Folder)).ShouldBeFalse();

        (await AskAsync(server, "SELECT 1")).ShouldBe("1");
    }

    [Fact]
    public async Task Start_FolderThatTheServersUserCannotReach_LivesElsewhereAndIsFoundAgain()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root lends the server another user.");
        var closed = Path.Combine(_fixture.Root, "closed");
        Directory.CreateDirectory(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var first = await _fixture.StartAsync(folder: Path.Combine(closed, "postgres"));
        try
        {
            await AskAsync(first, CreateRow);
            await first.DisposeAsync();
            first.DataDirectory.ShouldNotStartWith(closed);

            (await AskAsync(await _fixture.StartAsync(folder: Path.Combine(closed, "postgres")), ReadRow)).ShouldBe("42");
        }
        finally
        {
            await _fixture.DisposeServersAsync();
            Directory.Delete(first.DataDirectory, recursive: true);
        }
    }

    [Fact]
    public async Task Start_WrongBinDirectory_SaysWhichVariable()
    {
        var failure = await Should.ThrowAsync<EmbeddedPostgresException>(() => EmbeddedPostgresServer.StartAsync(
            new EmbeddedPostgresOptions { DataDirectory = _fixture.Folder, BinDirectory = "/nowhere" }));

        failure.Message.ShouldContain("INGEST_PG_BIN");
        failure.BinariesMissing.ShouldBeTrue();
    }

    [Fact]
    public async Task Start_BrokenSetting_ShowsTheServersOwnWords()
    {
        (await _fixture.StartAsync()).ShouldNotBeNull();
        await _fixture.DisposeServersAsync();

        var failure = await Should.ThrowAsync<EmbeddedPostgresException>(
            () => EmbeddedPostgresServer.StartAsync(new EmbeddedPostgresOptions
            {
                DataDirectory = _fixture.Folder,
                Settings = new Dictionary<string, string> { ["shared_buffers"] = "plenty" },
            }));

        failure.Message.ShouldContain("invalid value for parameter \"shared_buffers\"");
    }
}
