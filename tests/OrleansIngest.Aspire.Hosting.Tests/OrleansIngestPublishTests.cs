using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace OrleansIngest.Aspire.Hosting.Tests;

public sealed class OrleansIngestPublishTests
{
    [Fact]
    public async Task Publish_Resource_IsAContainerOfTheDatabase()
    {
        var manifest = await PublishedManifest.OfAsync("ingest", builder =>
        {
            var shop = builder.AddPostgres("postgres").AddDatabase("shop");
            builder.AddOrleansIngest("ingest").WithReference(shop).WaitFor(shop).WithReplicas(3)
                .PublishAsImage("registry.example/orleans-ingest", "0.1.0", container => container.WithVolume("data", "/data"));
        });

        manifest["type"]!.GetValue<string>().ShouldBe("container.v0");
        manifest["image"]!.GetValue<string>().ShouldBe("registry.example/orleans-ingest:0.1.0");
        manifest["args"]!.AsArray().Select(argument => argument!.GetValue<string>()).ShouldBe(["up", "--http", "0.0.0.0:8080"]);
        manifest["env"]!["DATABASE_URL"]!.GetValue<string>().ShouldBe("{shop.connectionString}");
        manifest["env"]!["INGEST_TOKEN"]!.GetValue<string>().ShouldBe("{ingest-token.value}");
        manifest["bindings"]!["http"]!["targetPort"]!.GetValue<int>().ShouldBe(8080);
        manifest["volumes"]![0]!["target"]!.GetValue<string>().ShouldBe("/data");
    }

    [Fact]
    public async Task Publish_TokenOfTheAppHost_ReplacesTheGeneratedOne()
    {
        var manifest = await PublishedManifest.OfAsync("ingest", builder =>
        {
            var shop = builder.AddConnectionString("shop");
            builder.AddOrleansIngest("ingest").WithReference(shop).WithToken(builder.AddParameter("secret", secret: true));
        });

        manifest["image"]!.GetValue<string>().ShouldBe("orleans-ingest:latest");
        manifest["env"]!["INGEST_TOKEN"]!.GetValue<string>().ShouldBe("{secret.value}");
    }

    [Fact]
    public async Task Publish_Pipelines_AreAFileInTheContainer()
    {
        var builder = DistributedApplication.CreateBuilder(
            new DistributedApplicationOptions
            {
                Args = ["--operation", "publish", "--publisher", "manifest"],
                DisableDashboard = true
            });
        var ingest = builder.AddOrleansIngest("ingest").WithPipeline(
            new() { Name = "orders", Watch = ["data/orders"], Table = "orders" }).Resource;
        using var services = new ServiceCollection().BuildServiceProvider();

        var annotation = ingest.Annotations.OfType<ContainerFileSystemCallbackAnnotation>().ShouldHaveSingleItem();
        var files = await annotation.Callback(new() { Model = ingest, Services = services },
            TestContext.Current.CancellationToken);

        annotation.DestinationPath.ShouldBe("/");
        var file = files.ShouldHaveSingleItem().ShouldBeOfType<ContainerFile>();
        file.Name.ShouldBe("ingest.json");
        file.Contents.ShouldNotBeNull().ShouldContain("\"data/orders\"");
    }
}
