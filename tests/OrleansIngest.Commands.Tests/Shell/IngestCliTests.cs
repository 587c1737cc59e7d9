using System.Text.Json;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Generator;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Shell;

public sealed class IngestCliTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("--version")]
    [InlineData("-V")]
    public async Task RunAsync_Version_IsAResult(string option)
    {
        var run = await CliRun.InAsync(_temp.Path, option);

        run.ShouldBe(new CliRun(ExitCode.Done,
            typeof(IngestCli).Assembly.GetName().Version!.ToString(3) + Environment.NewLine, ""));
    }

    [Theory]
    [InlineData()]
    [InlineData("--help")]
    [InlineData("generate", "--help")]
    [InlineData("migrate", "-h")]
    public async Task RunAsync_Help_ShowsExamplesOnStandardOutput(params string[] arguments)
    {
        var run = await CliRun.InAsync(_temp.Path, arguments);

        run.ExitCode.ShouldBe(ExitCode.Done);
        run.Output.ShouldContain("Usage:");
        run.Output.ShouldContain("Examples:\n  ingest ");
        run.Output.ShouldNotContain("[default:");
        run.Error.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("help", "--help")]
    [InlineData("help load", "load --help")]
    [InlineData("help generate", "generate -h")]
    public async Task RunAsync_HelpAsAWord_IsTheOption(string line, string same)
    {
        var run = await CliRun.InAsync(_temp.Path, line.Split(' '));

        run.Output.ShouldContain("Usage:");
        run.ShouldBe(await CliRun.InAsync(_temp.Path, same.Split(' ')));
    }

    [Theory]
    [InlineData("generat", "unknown command 'generat'; did you mean generate?")]
    [InlineData("loda x.csv", "unknown command 'loda'; did you mean load?")]
    [InlineData("loda --help", "unknown command 'loda'; did you mean load?")]
    [InlineData("help loda", "unknown command 'loda'; did you mean load?")]
    [InlineData("ls", "unknown command 'ls'\n")]
    [InlineData("load x.csv --tabel orders", "unknown option --tabel; did you mean --table?")]
    [InlineData("load x.csv --tabel=orders --db nonsense", "unknown option --tabel; did you mean --table?")]
    [InlineData("load x.csv --jsn", "unknown option --jsn; did you mean --json?")]
    [InlineData("load x.csv --colour", "unknown option --colour\n")]
    [InlineData("load -x.csv", "unknown option -x.csv\n")]
    [InlineData("load -- --tabel", "--tabel does not exist")]
    [InlineData("status --wach", "unknown option --wach; did you mean --watch?")]
    [InlineData("retry x.csv --wy because", "unknown option --wy; did you mean --why?")]
    [InlineData("check x.csv --delimiter ;;;;;;;;;", "--delimiter must be 1 to 8 characters, tab or auto")]
    [InlineData("load . --quote ab", "--quote must be one character or none")]
    [InlineData("load . --table no-good", "double quotes: --table '\"no-good\"'\n")]
    [InlineData("check x.csv --table s.2", "double quotes: --table 's.\"2\"'\n")]
    [InlineData("init x.csv --delimiter \"", "delimiter: must differ from quote")]
    [InlineData("check -", "standard input (-) can only be loaded")]
    [InlineData("load . --encoding utf-7", "--encoding must be auto or one of: utf-8")]
    [InlineData("report --until 2020-01-01", "but the default of --since is 12h ago")]
    [InlineData("check .", "is a directory: name one of its files")]
    [InlineData("load /dev/null", "/dev/null is not a regular file")]
    [InlineData("check /dev/null", "/dev/null is not a regular file")]
    [InlineData("generate --rows many", "--rows must be a whole number from 0 to 1000000000, not 'many'")]
    [InlineData("generate --interval 5", "--interval must be a duration such as 500ms")]
    [InlineData("generate --corrupt 2", "--corrupt must be a share from 0 to 1")]
    [InlineData("generate --start soon", "--start must be an instant")]
    [InlineData("undo --since 1.2 --dry-run", "--since must be a duration before now such as 12h")]
    [InlineData("undo --until 01/02/2026 --dry-run", "--until must be a duration before now such as 12h")]
    [InlineData("replay --since 10am --dry-run", "--since must be a duration before now such as 12h")]
    [InlineData("rejects --since 3.5", "--since must be a duration before now such as 12h")]
    [InlineData("history --until 1.2", "--until must be a duration before now such as 12h")]
    [InlineData("report --since 1.2", "--since must be a duration before now such as 12h")]
    [InlineData("generate --append --overwrite", "cannot be combined")]
    [InlineData("generate --prefix .hidden", "Prefix must be")]
    [InlineData("generate --log-file /proc/x.log", "--log-file /proc/x.log cannot be written: ")]
    [InlineData("status --log-file /tmp", "--log-file /tmp cannot be written: it is a directory")]
    [InlineData("generate --log-level wran",
        "--log-level must be one of debug, error, info, trace, warn, not 'wran'; did you mean warn?\n")]
    [InlineData("rejects --status closed", "--status must be one of ignored, open, replaced, replayed, not 'closed'\n")]
    [InlineData("files --sort rovs", "--sort must be one of discoveredAt, durationMs, finishedAt, mtime, path, rejected, rows, "
        + "size, not 'rovs'; did you mean rows?\n")]
    [InlineData("load x.csv --write upser",
        "--write must be one of append, insertNew, replaceTable, upsert, not 'upser'; did you mean upsert?\n")]
    [InlineData("where d", "CONDITION is missing: ingest where TABLE CONDITION\n")]
    [InlineData("where", "TABLE is missing: ingest where TABLE CONDITION\n")]
    [InlineData("pause", "PIPELINE is missing: ingest pause PIPELINE...\n")]
    [InlineData("load", "PATH is missing: ingest load PATH...")]
    [InlineData("files --sort", "--sort needs a value: one of discoveredAt, ")]
    [InlineData("files --search", "--search needs a value: --search TEXT\n")]
    [InlineData("alerts mute", "--for")]
    [InlineData("alerts mute --for 1h --rule quarentined", "; did you mean quarantined?\n")]
    [InlineData("rejects --reason bad_valeu", "not 'bad_valeu'; did you mean bad_value?\n")]
    [InlineData("replay --rejects --reason nothing", "--reason must be one of bad_value, ")]
    [InlineData("migrate --db nonsense", "--db is not a database URL")]
    public async Task RunAsync_WrongUsage_SaysWhatAndEndsWith2(string line, string expected)
    {
        var run = await CliRun.InAsync(_temp.Path, line.Split(' '));

        run.ExitCode.ShouldBe(ExitCode.Usage);
        run.Error.ShouldStartWith("ingest: ");
        run.Error.ShouldContain(expected);
        run.Output.ShouldBeEmpty();
        Directory.EnumerateFileSystemEntries(_temp.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task RunAsync_DatabaseDown_SaysSoAndEndsWith1()
    {
        var run = await CliRun.InAsync(_temp.Path, "migrate", "--db", "postgres://u:topsecret@127.0.0.1:1/db");

        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Error.ShouldContain(
            "the database cannot be reached: 127.0.0.1 port 1: Connection refused. Does PostgreSQL run there");
        run.Error.ShouldContain("(from --db)");
        run.Error.ShouldNotContain("topsecret");
    }

    [Theory]
    [InlineData("load x.csv --table t")]
    [InlineData("status")]
    [InlineData("check x.csv --table t")]
    [InlineData("pause events")]
    [InlineData("limit events")]
    [InlineData("replay --rejects")]
    public async Task RunAsync_DatabaseDown_EveryCommandNamesHostPortAndSource(string line)
    {
        _temp.Write("x.csv", "a\n1\n");
        var surroundings = CliRun.Surroundings(_temp.Path, ("DATABASE_URL", "postgres://u:topsecret@127.0.0.1:1/db"));

        var run = await CliRun.WithAsync(surroundings, line.Split(' '));

        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Error.ShouldStartWith("ingest: the database cannot be reached: 127.0.0.1 port 1: Connection refused. ");
        run.Error.ShouldContain("(from DATABASE_URL)");
        run.Error.ShouldNotContain("topsecret");
    }

    [Theory]
    [InlineData("postgres://u@nowhere.invalid/db", "nowhere.invalid port 5432: no such host")]
    [InlineData("postgres://u@/db?host=/nowhere&port=5433", "/nowhere port 5433: ")]
    [InlineData("postgres://u@/db?host=/nowhere&port=5433", "with its socket /nowhere/.s.PGSQL.5433?")]
    public async Task RunAsync_DatabaseUnknown_SaysWhatToLookAt(string url, string expected)
    {
        var run = await CliRun.InAsync(_temp.Path, "status", "--db", url);

        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Error.ShouldContain(expected);
    }

    [Fact]
    public async Task RunAsync_Generate_WritesFilesAndPrintsJson()
    {
        var run = await CliRun.InAsync(
            _temp.Path, "generate", "--out", "in", "--files", "3", "--rows", "1_000", "--interval", "0", "--corrupt", "1%",
            "--seed", "7", "--prefix", "shop", "--json");

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        var result = JsonDocument.Parse(run.Output).RootElement;
        result.GetProperty("files").GetInt32().ShouldBe(3);
        result.GetProperty("good").GetInt64().ShouldBe(2970);
        result.GetProperty("corrupt").GetInt64().ShouldBe(30);
        var manifest = Manifest.Load(result.GetProperty("manifest").GetString()!);
        manifest.Records.ShouldBe(3000);
        Directory.EnumerateFiles(_temp["in"]).Select(Path.GetFileName).Order()
            .ShouldBe(["shop-000001.csv", "shop-000002.csv", "shop-000003.csv"]);
    }

    [Fact]
    public async Task RunAsync_GenerateTwice_AsksWhatToDo()
    {
        string[] line = ["generate", "--out", "in", "--files", "1", "--interval", "0"];
        (await CliRun.InAsync(_temp.Path, line)).ExitCode.ShouldBe(ExitCode.Done);

        var again = await CliRun.InAsync(_temp.Path, line);
        var appended = await CliRun.InAsync(_temp.Path, [.. line, "--append"]);

        again.ExitCode.ShouldBe(ExitCode.Usage);
        again.Error.ShouldContain("--append continues the numbering");
        appended.ExitCode.ShouldBe(ExitCode.Done, appended.Error);
        Manifest.Load(_temp["manifest.json"]).Files.Count.ShouldBe(2);
    }

    [Fact]
    public async Task RunAsync_Cancelled_EndsWith130()
    {
        using var cancel = new CancellationTokenSource();
        var surroundings = CliRun.Surroundings(_temp.Path);
        var running = new IngestCli(StandaloneCommands.Create()).RunAsync(
            ["generate", "--out", "in", "--files", "2", "--interval", "1d"], surroundings, cancel.Token);

        await cancel.CancelAsync();

        (await running).ShouldBe(ExitCode.Interrupted);
        surroundings.Error.ToString()!.ShouldContain("interrupted");
        Manifest.Load(_temp["manifest.json"]).Files.Count.ShouldBe(Directory.GetFiles(_temp["in"]).Length);
    }
}
