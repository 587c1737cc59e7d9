using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Npgsql;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Cli.Tests;

/// <summary><c>--watch</c> on a terminal, which <c>script</c> makes.</summary>
public sealed partial class WatchTests : IDisposable
{
    const int Height = 14, Width = 80, Files = 30;

    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [GeneratedRegex(@"\e\[[0-9;?]*[A-Za-z]")]
    static partial Regex Codes { get; }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Watch_Keys_SearchSortOpenAndQuit(bool noColor)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "script is not installed");
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await using (var source = NpgsqlDataSource.Create(database.ConnectionString))
        await using (var create = source.CreateCommand("CREATE TABLE t (id int)"))
            await create.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        for (var i = 1; i <= Files; i++) _temp.Write($"in/a-folder-with-a-rather-long-name/file-{i:00}.csv", $"id\n{i}\n");
        var url = TestUrl.Of(database.ConnectionString);
        await CliRun.InAsync(_temp.Path, "load", _temp["in/a-folder-with-a-rather-long-name"], "--table", "t", "--db", url);
        using var terminal = new Terminal(_temp.Path, url, noColor);

        var first = await terminal.UntilAsync(frame => frame.Contains($"1 of {Files}", StringComparison.Ordinal));
        first.Split("\r\n").Length.ShouldBe(Height);
        // the terminal adds one more
        first.Split("\r\n").ShouldAllBe(line => Codes.Replace(line, "").TrimEnd('\r').Length <= Width);
        first.ShouldContain("-name/file-30.csv"); // the end of a path, not its beginning
        first.Contains("\e[32mloaded", StringComparison.Ordinal).ShouldBe(!noColor);

        terminal.Press("s");
        (await terminal.UntilAsync(frame => frame.Contains("by FILE ↑", StringComparison.Ordinal))).ShouldContain("file-01.csv");
        terminal.Press("G");
        (await terminal.UntilAsync(frame => frame.Contains($"{Files} of {Files}", StringComparison.Ordinal))).ShouldContain(
            "file-30.csv");
        terminal.Press("/FILE-07\r");
        (await terminal.UntilAsync(frame => frame.Contains("1 of 1 · /FILE-07", StringComparison.Ordinal))).ShouldContain(
            "file-07.csv");
        terminal.Press("\r");
        await terminal.UntilAsync(
            frame => frame.Contains("FACT", StringComparison.Ordinal) && frame.Contains("BYTES FROM", StringComparison.Ordinal));
        terminal.Press("\r");
        await terminal.UntilAsync(frame => frame.Contains("COLUMN", StringComparison.Ordinal)
            || frame.Contains("VALUE", StringComparison.Ordinal));
        terminal.Press("\x7f\x7f");
        await terminal.UntilAsync(frame => frame.Contains("/FILE-07", StringComparison.Ordinal)
            && frame.Contains("OPEN REJECTS", StringComparison.Ordinal));
        terminal.Press("q");
        (await terminal.EndAsync()).ShouldBe(ExitCode.Done);
        terminal.Said.ShouldContain("\e[?1049l");
    }

    /// <summary>As <c>tail -f</c>, <c>journalctl -f</c> and <c>kubectl get -w</c> end: nobody reads, so nothing is
    /// printed.</summary>
    [Theory]
    [InlineData("status --watch --json")]
    [InlineData("files --watch")]
    public async Task Watch_ReaderOfThePipeEnds_EndsWith0(string line)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there is no sh");
        await using var database = await TestPostgres.CreateDatabaseAsync();
        var program = Path.Combine(AppContext.BaseDirectory, "ingest");
        var pipe = $"exec 3>&1; {{ '{program}' {line}; echo \"ended with $?\" >&3; }} | head -1";
        var start = new ProcessStartInfo("sh", ["-c", pipe])
        {
            WorkingDirectory = _temp.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DATABASE_URL"] = TestUrl.Of(database.ConnectionString);
        using var shell = Process.Start(start)!;
        var (output, error) = (shell.StandardOutput.ReadToEndAsync(), shell.StandardError.ReadToEndAsync());
        try
        {
            await shell.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        }
        finally
        {
            if (!shell.HasExited) shell.Kill(entireProcessTree: true);
        }

        (await output).Trim().Split('\n').ShouldSatisfyAllConditions(
            lines => lines.Length.ShouldBe(2), lines => lines[^1].ShouldBe("ended with 0"));
        (await error).ShouldBeEmpty();
    }

    sealed class Terminal : IDisposable
    {
        static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

        readonly Process _process;
        readonly StringBuilder _said = new();
        readonly CancellationTokenSource _limit = new(Patience, TimeProvider.System);

        public Terminal(string directory, string url, bool noColor)
        {
            var program = Path.Combine(AppContext.BaseDirectory, "ingest");
            var start = new ProcessStartInfo("script",
                ["-qefc", $"stty rows {Height} cols {Width}; exec '{program}' files --watch", "/dev/null"])
            {
                WorkingDirectory = directory,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                StandardOutputEncoding = Encoding.UTF8,
            };
            (start.Environment["DATABASE_URL"], start.Environment["TERM"], start.Environment["SHELL"]) = (url, "xterm",
                "/bin/sh");
            start.Environment.Remove("NO_COLOR");
            if (noColor) start.Environment["NO_COLOR"] = "1";
            _process = Process.Start(start)!;
        }

        public string Said => _said.ToString();

        public void Press(string keys)
        {
            _process.StandardInput.Write(keys);
            _process.StandardInput.Flush();
        }

        /// <summary>Waits for a whole picture that meets the condition.</summary>
        public async Task<string> UntilAsync(Func<string, bool> condition)
        {
            while (true)
            {
                var frames = Said.Split("\e[H");
                _said.Clear().Append(frames.Length > 1 ? "\e[H" : "").Append(frames[^1]);
                // The last picture may be half: it is whole when the last line, that of the keys, has its end.
                if (frames.Length > 1 && frames[^1].Split("\r\n") is { Length: Height } lines
                    && lines[^1].Contains("\e[K", StringComparison.Ordinal) && condition(frames[^1])) return frames[^1];
                if (await ReadAsync() == 0) throw new InvalidOperationException($"the program ended: {Said}");
            }
        }

        public async Task<int> EndAsync()
        {
            while (await ReadAsync() > 0) { }
            await _process.WaitForExitAsync(_limit.Token);
            return _process.ExitCode;
        }

        async Task<int> ReadAsync()
        {
            var buffer = new char[4096];
            var read = await _process.StandardOutput.ReadAsync(buffer, _limit.Token);
            _said.Append(buffer, 0, read);
            return read;
        }

        public void Dispose()
        {
            if (!_process.HasExited) _process.Kill(entireProcessTree: true);
            _process.Dispose();
            _limit.Dispose();
        }
    }
}
