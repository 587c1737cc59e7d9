using System.Text;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting;

/// <summary>The arguments and the environment of one silo.</summary>
static class IngestCommandLine
{
    /// <summary>Silos of one resource start at the same time, and the store fails where two write one file.</summary>
    static readonly Lock Writing = new();

    public static void AddArguments(CommandLineArgsCallbackContext context, OrleansIngestResource ingest, string appHostDirectory)
    {
        if (context.ExecutionContext.IsPublishMode)
        {
            foreach (var argument in (string[])["up", "--http", $"0.0.0.0:{IngestContainer.Port}"]) context.Args.Add(argument);
            return;
        }

        foreach (var argument in ingest.ProgramArguments) context.Args.Add(argument);
        context.Args.Add("up");
        if (!ingest.Configuration.IsEmpty)
        {
            context.Args.Add("--config");
            context.Args.Add(ingest.Configuration.Path ?? Write(context, ingest.Configuration.Json(appHostDirectory)));
        }

        // Each silo has its own: the resource that is started, not the first one.
        var own = ((IResourceWithEndpoints)context.Resource).GetEndpoint(OrleansIngestResource.HttpEndpointName);
        context.Args.Add("--http");
        context.Args.Add(ReferenceExpression.Create($"127.0.0.1:{own.Property(EndpointProperty.TargetPort)}"));
    }

    /// <exception cref="DistributedApplicationException">No database was named.</exception>
    public static void AddVariables(EnvironmentCallbackContext context, OrleansIngestResource ingest)
    {
        var database = ingest.Database
            ?? throw new DistributedApplicationException(
                $"Resource '{ingest.Name}' has no database. Add one: .WithReference(database)");
        context.EnvironmentVariables["DATABASE_URL"] = new ConnectionStringReference(database, optional: false);
        if (ingest.Token is { } token) context.EnvironmentVariables["INGEST_TOKEN"] = token;
    }

    /// <summary>A file with that content, whose name changes with it: silos that still run keep theirs.</summary>
    static string Write(CommandLineArgsCallbackContext context, string json)
    {
        var store = context.ExecutionContext.Services.GetRequiredService<IAspireStore>();
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(json));
        lock (Writing) return store.GetFileNameWithContent(IngestConfiguration.FileName, content);
    }
}
