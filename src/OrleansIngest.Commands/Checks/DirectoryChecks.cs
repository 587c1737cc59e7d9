using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Checks;

/// <summary>Checks that the watched directories are readable.</summary>
static class DirectoryChecks
{
    public static void Add(PipelineOptions pipeline, CheckList checks)
    {
        foreach (var watched in pipeline.Watch)
        {
            var subject = $"pipeline {pipeline.Name}: {watched}";
            if (watched.IndexOfAny(['*', '?', '[', '{']) >= 0)
                checks.Ok(subject, "a pattern, resolved while running");
            else if (File.Exists(watched))
                checks.Failed(subject, "is a file, not a directory");
            else if (!Directory.Exists(watched))
                checks.Warning(subject, "does not exist yet; it will be watched once it exists");
            else
                Readable(watched, subject, checks);
        }
    }

    static void Readable(string directory, string subject, CheckList checks)
    {
        try
        {
            using var entries = Directory.EnumerateFileSystemEntries(directory).GetEnumerator();
            checks.Ok(subject, entries.MoveNext() ? "can be read" : "can be read; it is empty");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            checks.Failed(subject, exception.Message);
        }
    }
}
