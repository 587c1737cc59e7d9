namespace Aspire.Hosting.ApplicationModel;

/// <summary>The same resource as a container, for publishing.</summary>
sealed class IngestContainer(OrleansIngestResource resource) : ContainerResource(resource.Name)
{
    /// <summary>Where the image's program looks for its configuration; directories of pipelines are relative to it.</summary>
    public const string ConfigurationDirectory = "/";

    /// <summary>The port that the image exposes.</summary>
    public const int Port = 8080;

    /// <summary>What the image's Dockerfile is tagged as when it is built from the sources.</summary>
    public const string Image = "orleans-ingest";

    public override ResourceAnnotationCollection Annotations => resource.Annotations;
}
