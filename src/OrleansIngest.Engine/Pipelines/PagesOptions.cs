using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>Options of the pages that receive files and show rows. A running program keeps those it was started with.</summary>
public sealed class PagesOptions
{
    /// <summary>Maximum size of a file that is uploaded on the Drop a file page. 1 KiB to 1 TiB. Default: 1GiB.</summary>
    [CountRange(1 << 10, 1L << 40, Bytes = true)]
    [JsonConverter(typeof(LargeSizeJsonConverter))]
    public long MaxUploadBytes { get; set; } = 1L << 30;

    /// <summary>Time after which an upload that was not loaded is deleted. 1 min to 30 d. Default: 1d.</summary>
    [DurationRange("1m", "30d")]
    public TimeSpan KeepUploads { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Directory for uploads until they are loaded, relative to the configuration file's directory. Every silo that
    /// shares it must run as the same user. Default: null, uploads in .ingest.</summary>
    public string? UploadDirectory { get; set; }

    /// <summary>Directories from which the Drop a file page may read files of this machine by path, besides those that pipelines
    /// watch; relative to the configuration file's directory. Default: empty.</summary>
    public IReadOnlyList<string> ReadableDirectories { get; set; } = [];

    /// <summary>Database role with which the page Data reads tables (SET ROLE). The program's own role must be a member of it.
    /// Null for the program's own role. The transaction is read-only in both cases. Default: null.</summary>
    public string? ReadRole { get; set; }

    /// <summary>The problems; empty if the options are valid.</summary>
    /// <param name="path">The path of these options.</param>
    public IReadOnlyList<OptionProblem> Validate(string path)
    {
        var problems = new List<OptionProblem>();
        OptionChecks.Ranges(this, path, problems);
        if (UploadDirectory is { } directory && string.IsNullOrWhiteSpace(directory))
            problems.Add(new($"{path}.uploadDirectory", "must be a directory, or null"));
        if (ReadableDirectories.Any(string.IsNullOrWhiteSpace))
            problems.Add(new($"{path}.readableDirectories", "must not have an empty directory"));
        if (ReadRole is { } role && (string.IsNullOrWhiteSpace(role) || role.Contains('\0', StringComparison.Ordinal)))
            problems.Add(new($"{path}.readRole", "must be the name of a role, or null"));
        return problems;
    }

    /// <summary>Makes the directories absolute.</summary>
    /// <param name="directory">The configuration file's directory.</param>
    public void Root(string directory)
    {
        if (UploadDirectory is { } uploads) UploadDirectory = Path.GetFullPath(uploads, directory);
        ReadableDirectories = [.. ReadableDirectories.Select(readable => Path.GetFullPath(readable, directory))];
    }
}
