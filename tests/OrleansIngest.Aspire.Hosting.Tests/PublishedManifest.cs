using System.Text.Json.Nodes;
using Aspire.Hosting;
using OrleansIngest.Testing;

namespace OrleansIngest.Aspire.Hosting.Tests;

/// <summary>What an app host publishes.</summary>
static class PublishedManifest
{
    /// <summary>The manifest of an app host, its part of one resource.</summary>
    public static async Task<JsonObject> OfAsync(string resource, Action<IDistributedApplicationBuilder> configure)
    {
        using var directory = new TempDirectory();
        var path = Path.Combine(directory.Path, "manifest.json");
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions
        {
            Args = ["--operation", "publish", "--publisher", "manifest", "--output-path", path,
                "--Logging:LogLevel:Default=Warning"],
            DisableDashboard = true,
        });
        configure(builder);
        await using var app = builder.Build();
        await app.RunAsync(TestContext.Current.CancellationToken);
        return JsonNode.Parse(await File.ReadAllTextAsync(path,
            TestContext.Current.CancellationToken))!["resources"]![resource]!.AsObject();
    }
}
