using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using OrleansIngest.Engine.Pipelines;

namespace Aspire.Hosting;

/// <summary>Adds OrleansIngest to an app host.</summary>
public static class OrleansIngestBuilderExtensions
{
    const int MostReplicas = 100;

    /// <summary>Adds a silo that loads files that appear in directories into PostgreSQL, exactly once. Locally it is a process of
    /// the program <c>ingest</c>; published, a container. Name its database by <c>WithReference</c>.</summary>
    /// <param name="builder">The app host.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="configuration">Path of <c>ingest.json</c>, relative to the app host's directory. Null for the pipelines that
    /// <c>WithPipeline</c> adds and those stored in the database. Default: null.</param>
    /// <returns>The resource, to be configured further.</returns>
    public static IResourceBuilder<OrleansIngestResource> AddOrleansIngest(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, string? configuration = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        var ingest = new OrleansIngestResource(name, "ingest", builder.AppHostDirectory)
        {
            // Not made by the program: then every silo has the same one, and the dashboard shows it.
            Token = ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, $"{name}-token", special: false),
        };
        if (configuration is not null) ingest.Configuration.Path = Path.GetFullPath(configuration, builder.AppHostDirectory);
        var resource = builder.AddResource(ingest)
            .WithArgs(context => IngestCommandLine.AddArguments(context, ingest, builder.AppHostDirectory))
            .WithEnvironment(context => IngestCommandLine.AddVariables(context, ingest))
            .WithPages(builder.ExecutionContext.IsPublishMode ? IngestContainer.Port : null);
        builder.Eventing.Subscribe<BeforeStartEvent>((_, _) =>
        {
            foreach (var replica in ingest.Replicas) replica.Follow();
            return Task.CompletedTask;
        });
        return builder.ExecutionContext.IsPublishMode ? resource.PublishAsImage(IngestContainer.Image, "latest") : resource;
    }

    /// <summary>Loads files of a directory into a table.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="pipeline">As in <c>ingest.json</c>. Directories are relative to the app host's directory; published, to
    /// <c>/</c> in the container.</param>
    /// <returns>The same resource.</returns>
    /// <exception cref="DistributedApplicationException">The options cannot work, or the resource has a configuration
    /// file.</exception>
    public static IResourceBuilder<OrleansIngestResource> WithPipeline(
        this IResourceBuilder<OrleansIngestResource> builder, PipelineOptions pipeline)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(pipeline);
        builder.Resource.Configuration.Add(pipeline, builder.Resource.Name);
        return builder;
    }

    /// <summary>Sets the PostgreSQL database to load into, which also holds the ledger.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="database">A database resource of the app host, or the connection string of an existing database.</param>
    /// <returns>The same resource.</returns>
    public static IResourceBuilder<OrleansIngestResource> WithReference(
        this IResourceBuilder<OrleansIngestResource> builder, IResourceBuilder<IResourceWithConnectionString> database)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(database);
        builder.Resource.Database = database.Resource;
        return builder.WithReferenceRelationship(database.Resource);
    }

    /// <summary>Runs several silos as one cluster. Each file is loaded by one of them; the files of a silo that dies are
    /// continued by the others. Locally they are <c>NAME</c>, <c>NAME-2</c>, <c>NAME-3</c> …, each
    /// with its own address. Published, the number is passed to targets that know replicas
    /// (Kubernetes, Azure Container Apps).</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="replicas">1 to 100. Default: 1.</param>
    /// <returns>The same resource.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number is out of range.</exception>
    public static IResourceBuilder<OrleansIngestResource> WithReplicas(
        this IResourceBuilder<OrleansIngestResource> builder, int replicas)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentOutOfRangeException.ThrowIfLessThan(replicas, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(replicas, MostReplicas);
        var application = builder.ApplicationBuilder;
        if (application.ExecutionContext.IsPublishMode)
            return builder.WithAnnotation(new ReplicaAnnotation(replicas), ResourceAnnotationMutationBehavior.Replace);
        var ingest = builder.Resource;
        foreach (var replica in ingest.Replicas.Skip(replicas - 1).ToArray())
        {
            ingest.Replicas.Remove(replica);
            application.Resources.Remove(replica);
        }

        while (ingest.Replicas.Count < replicas - 1)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{ingest.Name}-{ingest.Replicas.Count + 2}");
            var replica = new IngestReplica(name, ingest);
            ingest.Replicas.Add(replica);
            application.AddResource(replica).WithPages(null).WithParentRelationship(ingest);
        }

        return builder;
    }

    /// <summary>Sets the token that is required for actions, and for viewing from other machines. Default: a generated parameter,
    /// <c>NAME-token</c>.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="token">A secret parameter; its value must have at least 16 characters.</param>
    /// <returns>The same resource.</returns>
    public static IResourceBuilder<OrleansIngestResource> WithToken(
        this IResourceBuilder<OrleansIngestResource> builder, IResourceBuilder<ParameterResource> token)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(token);
        builder.Resource.Token = token.Resource;
        return builder;
    }

    /// <summary>Sets the program that runs locally. Default: <c>ingest</c> on the PATH, as the
    /// Debian package, the archive and the global .NET tool install it. A local .NET tool:
    /// <c>WithProgram("dotnet", "ingest")</c>. A build:
    /// <c>WithProgram("dotnet", "path/ingest.dll")</c>.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="program">A program on the PATH, or a path relative to the app host's directory.</param>
    /// <param name="arguments">Arguments before the command <c>up</c>. Default: none.</param>
    /// <returns>The same resource.</returns>
    public static IResourceBuilder<OrleansIngestResource> WithProgram(
        this IResourceBuilder<OrleansIngestResource> builder, string program, params string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(program);
        ArgumentNullException.ThrowIfNull(arguments);
        builder.Resource.ProgramArguments = arguments;
        var isPath = program.Contains('/', StringComparison.Ordinal) || program.Contains('\\', StringComparison.Ordinal);
        return builder.WithCommand(isPath ? Path.GetFullPath(program, builder.ApplicationBuilder.AppHostDirectory) : program);
    }

    /// <summary>Sets the image that is published. Default: <c>orleans-ingest:latest</c>. Locally nothing changes.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="image">The image, with its registry.</param>
    /// <param name="tag">The image's tag.</param>
    /// <param name="configure">Configures the container further, such as the volumes with the watched directories. Default:
    /// nothing.</param>
    /// <returns>The same resource.</returns>
    public static IResourceBuilder<OrleansIngestResource> PublishAsImage(
        this IResourceBuilder<OrleansIngestResource> builder,
        string image,
        string tag,
        Action<IResourceBuilder<ContainerResource>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(image);
        ArgumentException.ThrowIfNullOrEmpty(tag);
        if (!builder.ApplicationBuilder.ExecutionContext.IsPublishMode) return builder;
        var container = new IngestContainer(builder.Resource);
        var published = builder.ApplicationBuilder.CreateResourceBuilder<ContainerResource>(container).WithImage(image, tag);
        if (!container.Annotations.OfType<ContainerFileSystemCallbackAnnotation>().Any())
        {
            published.WithContainerFiles(
                IngestContainer.ConfigurationDirectory, (_, _) => Task.FromResult(ContainerFiles(builder.Resource)));
            builder.WithManifestPublishingCallback(context => context.WriteContainerAsync(container));
        }

        configure?.Invoke(published);
        return builder;
    }

    static IEnumerable<ContainerFileSystemItem> ContainerFiles(OrleansIngestResource ingest) =>
        ingest.Configuration.IsEmpty
            ? []
            : [new ContainerFile { Name = IngestConfiguration.FileName, Contents = ingest.Configuration.Json(null) }];

    static IResourceBuilder<T> WithPages<T>(this IResourceBuilder<T> builder, int? targetPort)
        where T : ExecutableResource, IResourceWithEndpoints
    {
        const string Endpoint = OrleansIngestResource.HttpEndpointName;
        return builder
            .WithHttpEndpoint(targetPort: targetPort, name: Endpoint)
            .WithHttpHealthCheck("/health/ready", endpointName: Endpoint)
            .WithUrlForEndpoint(Endpoint, url => url.DisplayText = "Pages")
            .WithUrlForEndpoint(Endpoint, _ => new ResourceUrlAnnotation { Url = "/cluster", DisplayText = "Orleans Dashboard" })
            .WithOtlpExporter();
    }
}
