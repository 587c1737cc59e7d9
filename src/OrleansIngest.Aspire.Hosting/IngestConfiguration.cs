using System.Text.Json.Nodes;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Pipelines.Disposal;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>What the silos run: a configuration file, or pipelines of the app host, which are written into one.</summary>
sealed class IngestConfiguration
{
    public const string FileName = "ingest.json";

    readonly List<PipelineOptions> _pipelines = [];

    /// <summary>Absolute path of the file; null for the pipelines of the app host, or for none.</summary>
    public string? Path { get; set; }

    public bool IsEmpty => Path is null && _pipelines.Count == 0;

    /// <exception cref="DistributedApplicationException">The options cannot work; the message lists what is wrong.</exception>
    public void Add(PipelineOptions pipeline, string resource)
    {
        if (Path is not null)
            throw new DistributedApplicationException(
                $"Resource '{resource}' has the configuration file {Path}: add the pipeline there.");
        var name = $"pipeline '{pipeline.Name}'";
        var problems = pipeline.Validate(name).ToList();
        if (_pipelines.Any(other => other.Name == pipeline.Name)) problems.Add(new(name, "has already been added"));
        if (problems.Count > 0)
            throw new DistributedApplicationException($"Resource '{resource}': {string.Join("; ", problems)}");
        _pipelines.Add(pipeline);
    }

    /// <summary>The text of <c>ingest.json</c>.</summary>
    /// <param name="directory">What directories are relative to; null to leave them relative to the file.</param>
    public string Json(string? directory)
    {
        if (Path is not null) return File.ReadAllText(Path);
        var pipelines = directory is null ? _pipelines : _pipelines.Select(pipeline => Root(pipeline, directory));
        var json = new JsonObject { ["pipelines"] = new JsonArray([.. pipelines.Select(PipelineJson.WriteBrief)]) };
        return json.ToJsonString(PipelineJson.Default.Options);
    }

    static PipelineOptions Root(PipelineOptions pipeline, string directory)
    {
        var rooted = PipelineJson.Read(PipelineJson.Write(pipeline));
        rooted.Watch = [.. rooted.Watch.Select(Full)];
        if (rooted.AfterLoad == AfterLoadPolicy.Archive) rooted.ArchiveTo = Full(rooted.ArchiveTo);
        if (rooted.AfterQuarantine == AfterQuarantinePolicy.Move) rooted.QuarantineTo = Full(rooted.QuarantineTo);
        return rooted;

        string Full(string path) => System.IO.Path.GetFullPath(path, directory);
    }
}
