using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Testing;

namespace OrleansIngest.Aspire.Hosting.Tests;

public sealed class OrleansIngestBuilderTests
{
    static IDistributedApplicationBuilder AppHost(TempDirectory directory) => DistributedApplication.CreateBuilder(
        new DistributedApplicationOptions { Args = [], DisableDashboard = true, ProjectDirectory = directory.Path });

    static PipelineOptions Orders() => new() { Name = "orders", Watch = ["in"], Table = "orders" };

    /// <summary>The command line; an endpoint's port is not known before the start.</summary>
    static async Task<object[]> ArgumentsAsync(IResource resource)
    {
        var context = new CommandLineArgsCallbackContext([], resource, TestContext.Current.CancellationToken);
        foreach (var annotation in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>())
            await annotation.Callback(context);
        return [.. context.Args];
    }

    [Fact]
    public async Task Arguments_ConfigurationFile_IsFoundFromTheAppHost()
    {
        using var directory = new TempDirectory();
        var ingest = AppHost(directory).AddOrleansIngest("ingest", "config/ingest.json").WithProgram("dotnet", "ingest").Resource;

        var arguments = await ArgumentsAsync(ingest);

        arguments[..4].ShouldBe(["ingest", "up", "--config", Path.Combine(directory.Path, "config/ingest.json")]);
        ingest.Command.ShouldBe("dotnet");
    }

    [Theory]
    [InlineData("ingest", "ingest")]
    [InlineData("/opt/orleans-ingest/ingest", "/opt/orleans-ingest/ingest")]
    [InlineData("tools/ingest", "{0}/tools/ingest")]
    public void WithProgram_Path_IsRelativeToTheAppHost(string program, string expected)
    {
        using var directory = new TempDirectory();

        AppHost(directory).AddOrleansIngest("ingest").WithProgram(program).Resource.Command.ShouldBe(
            expected.Replace("{0}", directory.Path, StringComparison.Ordinal));
    }

    [Fact]
    public void WithPipeline_WrongOptions_SaysWhatIsWrong()
    {
        using var directory = new TempDirectory();
        var ingest = AppHost(directory).AddOrleansIngest("ingest");

        Should.Throw<DistributedApplicationException>(
            () => ingest.WithPipeline(new() { Name = "orders", Watch = ["in"] })).Message.ShouldContain("table");
        ingest.WithPipeline(Orders());
        Should.Throw<DistributedApplicationException>(() => ingest.WithPipeline(Orders())).Message.ShouldContain(
            "has already been added");
    }

    [Fact]
    public void WithPipeline_BesideAConfigurationFile_IsRefused()
    {
        using var directory = new TempDirectory();

        Should.Throw<DistributedApplicationException>(
            () => AppHost(directory).AddOrleansIngest("ingest", "ingest.json").WithPipeline(Orders()))
            .Message.ShouldContain(Path.Combine(directory.Path, "ingest.json"));
    }

    [Fact]
    public async Task Environment_WithoutDatabase_SaysHowToNameOne()
    {
        using var directory = new TempDirectory();
        var builder = AppHost(directory);
        var ingest = builder.AddOrleansIngest("ingest").Resource;
        var context = new EnvironmentCallbackContext(builder.ExecutionContext, ingest, [], TestContext.Current.CancellationToken);

        var missing = await Should.ThrowAsync<DistributedApplicationException>(async () =>
        {
            foreach (var annotation in ingest.Annotations.OfType<EnvironmentCallbackAnnotation>())
                await annotation.Callback(context);
        });

        missing.Message.ShouldBe("Resource 'ingest' has no database. Add one: .WithReference(database)");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void WithReplicas_SaidTwice_TheLastCounts(int replicas)
    {
        using var directory = new TempDirectory();
        var builder = AppHost(directory);

        builder.AddOrleansIngest("ingest").WithReplicas(2).WithReplicas(replicas);

        builder.Resources.OfType<ExecutableResource>().Select(silo => silo.Name)
            .ShouldBe(((string[])["ingest", "ingest-2", "ingest-3"])[..replicas]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    public void WithReplicas_OutOfRange_IsRefused(int replicas)
    {
        using var directory = new TempDirectory();

        Should.Throw<ArgumentOutOfRangeException>(() => AppHost(directory).AddOrleansIngest("ingest").WithReplicas(replicas));
    }

    [Fact]
    public void Extension_OfThisProduct_KnowsTheEngineAlone() =>
        typeof(OrleansIngestResource).Assembly.GetReferencedAssemblies().Select(reference => reference.Name!)
            .Where(name => name.StartsWith("OrleansIngest", StringComparison.Ordinal)
                || name.StartsWith("Orleans", StringComparison.Ordinal))
            .ShouldBe(["OrleansIngest.Engine"]);
}
