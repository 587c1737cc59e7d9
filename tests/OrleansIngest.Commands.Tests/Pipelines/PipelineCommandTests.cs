using System.Text.Json;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Pipelines;

/// <summary>Pipelines in the database, as an operator would keep them there.</summary>
public sealed class PipelineCommandTests : IAsyncLifetime
{
    readonly TempDirectory _temp = new();
    TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestPostgres.CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _temp.Dispose();
    }

    [Fact]
    public async Task Pipeline_is_added_edited_and_removed_and_every_version_stays()
    {
        (await RunAsync("pipeline", "add", "orders", "--set", "table=t", "--set", "watch=in", "--why", "new shop")).ShouldBeDone(
            "orders is added: version 1");
        (await RunAsync("pipeline", "add", "orders", "--set", "table=u", "--set", "watch=in")).ExitCode.ShouldBe(ExitCode.Failed,
            "add changes nothing that exists");
        (await RunAsync("pipeline", "edit", "orders", "--set", "settleTime=2s", "--set", "csv.delimiter=;")).ShouldBeDone(
            "orders is changed: version 2");
        (await RunAsync("pipeline", "edit", "orders", "--set", "settleTime=2s")).ShouldBeDone("orders is unchanged");
        var listed = await JsonAsync("pipeline", "list");
        (await RunAsync("pipeline", "remove", "orders")).ShouldBeDone("orders is removed: version 3");
        (await RunAsync("pipeline", "remove", "orders")).ShouldBeDone("orders is already removed");
        (await RunAsync("pipeline", "remove", "other")).ExitCode.ShouldBe(ExitCode.Failed);
        (await RunAsync("pipeline", "add", "orders", "--set", "table=t", "--set", "watch=in")).ShouldBeDone(
            "orders is added: version 4");

        listed[0].GetProperty("config").GetProperty("watch")[0].GetString().ShouldBe(_temp["in"]);
        listed[0].GetProperty("config").TryGetProperty("lanes",
            out _).ShouldBeFalse("what has its default is not kept: it follows the program");
        var history = await JsonAsync("pipeline", "history", "orders");
        history.EnumerateArray().Select(v => v.GetProperty("changes").GetString()).ShouldBe(
            ["added", "removed", "csv default -> {\"delimiter\":\";\"}, settleTime default -> \"2s\"", "added"],
            ignoreOrder: true);
        history[3].GetProperty("reason").GetString().ShouldBe("new shop");
        history[3].GetProperty("who").GetString().ShouldBe($"{Environment.UserName}@{Environment.MachineName}");
        history[3].GetProperty("databaseUser").GetString().ShouldNotBeNullOrEmpty();
        (await JsonAsync("history", "--kind", "pipeline")).GetProperty("items").GetArrayLength().ShouldBe(4);
    }

    [Fact]
    public async Task Pipeline_that_is_not_sound_is_refused_with_the_place()
    {
        _temp.Write("orders.json", "{ \"name\": \"orders\", \"watch\": [\"in\"],\n  \"table\": \"t\", \"lanes\": 0 }");

        var run = await RunAsync("pipeline", "add", "--file", "orders.json");

        run.ExitCode.ShouldBe(ExitCode.Usage);
        run.Error.ShouldContain("orders.json line 2, column 17: lanes: must be from 1 to 64, not 0");
        (await JsonAsync("pipeline", "list")).GetArrayLength().ShouldBe(0);
    }

    /// <summary>Nobody has written the text whose line 3 the property would be on.</summary>
    [Theory]
    [InlineData("tabel=t", "ingest: --set tabel: unknown property; did you mean table?\n")]
    [InlineData("lanes=0", "ingest: --set lanes: must be from 1 to 64, not 0\n")]
    [InlineData("settleTime=2x", "ingest: --set settleTime: must be ")]
    public async Task Setting_that_is_not_sound_is_refused_with_the_option(string setting, string expected)
    {
        _temp.Write("orders.json", """{ "name": "orders", "watch": ["in"], "table": "t" }""");

        var alone = await RunAsync("pipeline", "add", "orders", "--set", "table=t", "--set", "watch=in", "--set", setting);
        var both = await RunAsync("pipeline", "add", "--file", "orders.json", "--set", setting);

        alone.ExitCode.ShouldBe(ExitCode.Usage);
        alone.Error.ShouldStartWith(expected);
        both.Error.ShouldStartWith(expected.Replace("--set", "orders.json with --set", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pipeline_with_the_name_of_one_in_a_file_is_refused_and_both_are_named()
    {
        _temp.Write("ingest.d/shop.json", """{ "pipelines": [ { "name": "orders", "watch": ["in"], "table": "t" } ] }""");

        var run = await RunAsync("pipeline", "add", "orders", "--set", "table=t", "--set", "watch=in");

        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Error.ShouldContain(
            $"pipeline orders is in {_temp["ingest.d/shop.json"]}; a pipeline is either in a file or in the database");
    }

    [Fact]
    public async Task Pipeline_is_edited_in_the_editor()
    {
        await RunAsync("pipeline", "add", "orders", "--set", "table=t", "--set", "watch=in");

        var edited = await RunAsync("pipeline", "edit", "orders");

        edited.ShouldBeDone("orders is changed: version 2");
        (await JsonAsync("pipeline", "list"))[0].GetProperty("config").GetProperty("table").GetString().ShouldBe("u");
    }

    [Fact]
    public async Task Config_diff_without_a_silo_says_that_there_is_nothing_to_compare_with()
    {
        var run = await RunAsync("config", "diff");

        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Error.ShouldContain("no silo runs on this database");
    }

    [Theory]
    [InlineData("pipeline")]
    [InlineData("config")]
    public async Task Group_alone_names_its_commands(string group)
    {
        var run = await RunAsync(group);

        run.ExitCode.ShouldBe(ExitCode.Usage);
        run.Error.ShouldContain($"{group} needs a subcommand: ");
    }

    async Task<CliRun> RunAsync(params string[] arguments) => await CliRun.WithAsync(
        CliRun.Surroundings(_temp.Path, ("DATABASE_URL", TestUrl.Of(_database)), ("EDITOR", """sed -i 's/"t"/"u"/'""")),
        arguments);

    async Task<JsonElement> JsonAsync(params string[] arguments)
    {
        var run = await RunAsync([.. arguments, "--json"]);
        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        return JsonSerializer.Deserialize<JsonElement>(run.Output);
    }
}

static class DoneRun
{
    public static void ShouldBeDone(this CliRun run, string expected)
    {
        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        run.Output.ShouldStartWith(expected);
    }
}
