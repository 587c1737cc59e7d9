using System.Diagnostics;
using OrleansIngest.Cli.Commands;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Silo;
using OrleansIngest.Testing;
using YamlDotNet.Serialization;

namespace OrleansIngest.Cli.Tests.Deploy;

/// <summary>docker-compose.yml without a container engine: what Compose itself makes of it, where it is installed, and what must
/// hold in it anyway.</summary>
public sealed class ComposeFileTests : IDisposable
{
    static readonly (string, string)[] Secrets = [("DB_PASS", "for-the-test"), ("INGEST_TOKEN", "for-the-test")];

    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("DB_PASS", "copy .env.example to .env and set DB_PASS")]
    [InlineData("INGEST_TOKEN", "copy .env.example to .env and set INGEST_TOKEN")]
    public async Task Compose_without_a_secret_says_which_one_to_set(string missing, string message)
    {
        var (code, _, error) = await ConfigAsync([.. Secrets.Where(s => s.Item1 != missing)]);

        code.ShouldNotBe(0);
        error.ShouldContain(message);
    }

    [Fact]
    public async Task Compose_accepts_the_file_and_fills_in_what_is_set()
    {
        var (code, output, error) = await ConfigAsync([.. Secrets, ("DB_NAME", "orders")]);

        code.ShouldBe(0, error);
        var services = Services(output);
        foreach (var name in new[] { "postgres", "migrate", "silo", "monitor" }) services.ShouldContainKey(name);
        Map(services["silo"]["environment"])["DB_NAME"].ShouldBe("orders");
        Map(services["silo"]["environment"])["INGEST_TOKEN"].ShouldBe("for-the-test");
    }

    [Fact]
    public async Task Compose_runs_as_many_silos_on_the_ports_and_with_the_sizes_that_are_set()
    {
        var (code, output, error) = await ConfigAsync(
            [.. Secrets, ("INGEST_SILOS", "5"), ("PUBLISH_SILOS", "9001-9009"), ("PUBLISH_MONITOR", "10.0.0.7:9000"),
                ("SILO_CPUS", "0.5"), ("SILO_MEMORY", "700m")]);

        code.ShouldBe(0, error);
        var silo = Services(output)["silo"];
        silo["scale"].ShouldBe("5");
        var limits = Map(Map(Map(silo["deploy"])["resources"])["limits"]);
        ((string)limits["cpus"]).ShouldBe("0.5");
        output.ShouldContain("9001-9009");
        output.ShouldContain("10.0.0.7");
        output.ShouldContain("9000");
    }

    [Fact]
    public async Task Compose_accepts_the_example_environment_and_limits_nothing_to_more_processors_than_every_machine_has()
    {
        var environment = (await File.ReadAllLinesAsync(Repository.Path(".env.example"), TestContext.Current.CancellationToken))
            .Select(line => System.Text.RegularExpressions.Regex.Match(line, "^#? ?([A-Z_]+)=(.*)$")).Where(m => m.Success)
            .Select(m => (m.Groups[1].Value, m.Groups[2].Value)).Where(v => v.Item2.Length > 0);
        foreach (var set in new[] { [.. Secrets], environment.Concat(Secrets).DistinctBy(v => v.Item1).ToArray() })
        {
            var (code, output, error) = await ConfigAsync(set);

            code.ShouldBe(0, error);
            var services = Services(output);
            services["silo"]["scale"].ShouldBe("3");
            foreach (var (name, service) in services.Where(s => s.Value.ContainsKey("deploy")))
            {
                var limits = Map(Map(Map(service["deploy"])["resources"])["limits"]);
                if (limits.TryGetValue("cpus", out var cpus))
                    double.Parse((string)cpus, System.Globalization.CultureInfo.InvariantCulture)
                        .ShouldBeLessThanOrEqualTo(1, name);
            }
        }
    }

    [Fact]
    public void One_service_builds_the_image_and_the_others_wait_for_it()
    {
        var ours = Services().Where(s => s.Value.TryGetValue("image", out var image)
            && ((string)image).StartsWith("orleans-ingest:", StringComparison.Ordinal)).ToArray();

        ours.Where(s => s.Value.ContainsKey("build")).Select(s => s.Key).ShouldBe(["migrate"]);
        foreach (var (name, service) in ours.Where(s => s.Key != "migrate"))
        {
            service["pull_policy"].ShouldBe("never", name);
            Map(service["depends_on"]).ShouldContainKey("migrate", name);
        }
    }

    [Fact]
    public void Program_is_built_from_its_sources_alone_by_any_builder()
    {
        var lines = File.ReadAllLines(Repository.Path("deploy/Dockerfile"));
        var ofTheProgram = lines.TakeWhile(l => !l.EndsWith(" AS test", StringComparison.Ordinal)).ToArray();

        ofTheProgram.Length.ShouldBeLessThan(lines.Length);
        ofTheProgram.Where(
            l => l.StartsWith("COPY ", StringComparison.Ordinal) && !l.Contains("--from=", StringComparison.Ordinal))
            .SelectMany(l => l.Split(' ')[1..^1]).Distinct().Order(StringComparer.Ordinal)
            .ShouldBe([
                ".editorconfig", "BannedSymbols.txt", "Directory.Build.props", "Directory.Packages.props",
                "deploy/healthcheck.sh", "deploy/publish.sh", "global.json", "sql", "src",
            ]);
        foreach (var ofBuildKit in new[] { "# syntax=", "--mount", "--chmod" })
            lines.ShouldAllBe(l => !l.Contains(ofBuildKit, StringComparison.Ordinal), ofBuildKit);
        foreach (var script in new[] { "deploy/healthcheck.sh", "deploy/publish.sh" })
            (File.GetUnixFileMode(Repository.Path(script)) & UnixFileMode.OtherExecute).ShouldBe(UnixFileMode.OtherExecute,
                script);
    }

    [Fact]
    public void Image_of_another_architecture_needs_no_emulation()
    {
        var stages = string.Join('\n', File.ReadAllLines(Repository.Path("deploy/Dockerfile")).Where(l => !l.StartsWith('#')))
            .Split("\nFROM ")[1..];
        var ofTheImage = stages.Single(s => s.Split('\n')[0].EndsWith(" AS final", StringComparison.Ordinal));
        var before = stages.TakeWhile(s => s != ofTheImage).ToArray();

        ofTheImage.ShouldNotContain("\nRUN ");
        ofTheImage.ShouldContain("\nUSER 1654:1654\n");
        before.Length.ShouldBe(2);
        // Without BuildKit the variable is empty, and "linux" is the platform of the machine that builds.
        before.ShouldAllBe(s => s.StartsWith("--platform=${BUILDPLATFORM:-linux} ${SDK} AS ", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_service_of_ours_runs_read_only_without_privileges_and_within_limits()
    {
        var ours = Services().Where(s => s.Value.TryGetValue("image", out var image)
            && ((string)image).StartsWith("orleans-ingest:", StringComparison.Ordinal)).ToArray();

        ours.Select(s => s.Key).Order().ShouldBe(["generator", "migrate", "monitor", "silo"]);
        foreach (var (name, service) in ours)
        {
            service["read_only"].ShouldBe("true", name);
            ((List<object>)service["cap_drop"]).ShouldBe(["ALL"], name);
            ((List<object>)service["security_opt"]).ShouldBe(["no-new-privileges:true"], name);
            if (name != "migrate") Map(Map(Map(service["deploy"])["resources"])["limits"]).ShouldContainKey("memory", name);
        }
    }

    [Fact]
    public void Every_service_of_ours_runs_a_command_that_the_program_has()
    {
        var root = new IngestCli(AllCommands.Create()).CreateRoot(CliRun.Surroundings(_temp.Path));
        foreach (var (name, service) in Services().Where(s => s.Value.ContainsKey("read_only") && s.Key != "postgres"))
            root.Parse([.. ((List<object>)service["command"]).Cast<string>()]).Errors.Select(e => e.Message).ShouldBeEmpty(name);
    }

    [Fact]
    public void Silo_is_given_more_time_to_stop_than_it_takes_and_starts_after_the_migration()
    {
        var silo = Services()["silo"];
        var grace = TimeSpan.FromSeconds(int.Parse(((string)silo["stop_grace_period"]).TrimEnd('s'),
            System.Globalization.CultureInfo.InvariantCulture));

        grace.ShouldBeGreaterThan(new SiloOptions
        { Engine = new IngestNodeOptions { ConnectionString = "", Pipelines = [] } }.ShutdownTimeout);
        Map(Map(silo["depends_on"])["migrate"])["condition"].ShouldBe("service_completed_successfully");
    }

    [Fact]
    public void No_secret_has_a_value_in_the_file_and_env_example_names_all_that_it_asks_for()
    {
        var text = File.ReadAllText(File_);
        var asked = System.Text.RegularExpressions.Regex.Matches(text,
            @"\$\{([A-Z_]+)").Select(m => m.Groups[1].Value).Distinct();
        var example = File.ReadAllText(Repository.Path(".env.example"));

        foreach (var name in asked) example.ShouldMatch($@"(?m)^#? ?{name}=");
        foreach (var service in Services().Values.Where(s => s.ContainsKey("environment")))
        {
            foreach (var (name, value) in Map(service["environment"]).Where(
                e => e.Key.Contains("PASS", StringComparison.Ordinal) || e.Key.Contains("TOKEN", StringComparison.Ordinal)))
                ((string)value).ShouldMatch(@"^\$\{[A-Z_]+:(\?.+|-)\}$", name);
        }
    }

    static string File_ => Repository.Path("docker-compose.yml");

    static Dictionary<string, Dictionary<string, object>> Services(string? text = null)
    {
        var parser = new YamlDotNet.Core.MergingParser(
            new YamlDotNet.Core.Parser(new StringReader(text ?? File.ReadAllText(File_))));
        var file = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(parser);
        return Map(file["services"]).ToDictionary(s => s.Key, s => Map(s.Value));
    }

    static Dictionary<string, object> Map(object value) =>
        ((Dictionary<object, object>)value).ToDictionary(e => (string)e.Key, e => e.Value);

    /// <summary>Debian's docker-compose, or the plugin of docker: both work without an engine.</summary>
    async Task<(int Code, string Output, string Error)> ConfigAsync((string Name, string Value)[] environment)
    {
        var none = _temp["none.env"]; // not the .env of whoever runs the tests
        await File.WriteAllTextAsync(none, "", TestContext.Current.CancellationToken);
        foreach (string[] compose in new[] { new[] { "docker-compose" }, ["docker", "compose"] })
        {
            try
            {
                if ((await RunAsync([.. compose, "version"], [])).Code == 0)
                    return await RunAsync([.. compose, "-f", File_, "--env-file", none, "config"], environment);
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // It is not installed.
            }
        }

        Assert.Skip("neither docker-compose nor docker compose is installed (Debian: apt-get install docker-compose)");
        throw new UnreachableException();
    }

    static async Task<(int Code, string Output, string Error)> RunAsync(
        string[] command, (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        foreach (var name in start.Environment.Keys.Where(
            k => k.StartsWith("DB_", StringComparison.Ordinal) || k.StartsWith("INGEST_", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }
}
