using System.Text.Json;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>The configuration that a silo runs, and its judgment of the current one.</summary>
public sealed record NodeConfiguration
{
    /// <summary>The silo.</summary>
    public required string Node { get; init; }

    /// <summary>1 at its start, one more with each change that it applied.</summary>
    public required int Version { get; init; }

    /// <summary>When that was; the database's clock.</summary>
    public DateTimeOffset AppliedAt { get; init; }

    /// <summary>The files and directories whose changes it follows; empty when its pipelines were chosen on the command line of a
    /// program that follows none.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>Its pipelines by name.</summary>
    public required IReadOnlyDictionary<string, RunningPipeline> Pipelines { get; init; }

    /// <summary>What the file says beside pipelines, secrets masked.</summary>
    public required JsonElement Settings { get; init; }

    /// <summary>Why what the files and the database say now is not in force: a line for each mistake. Null: it is.</summary>
    public string? Problem { get; init; }

    /// <summary>Since when.</summary>
    public DateTimeOffset? ProblemSince { get; init; }

    /// <summary>Settings that were changed and take effect with the next start of the silo, each with its two values.</summary>
    public required IReadOnlyList<string> RestartNeeded { get; init; }
}

/// <summary>A pipeline that a silo runs.</summary>
/// <param name="From">The file that it is from, absolute; <c>database</c>, <c>built in</c> or <c>command line</c>.</param>
/// <param name="Sum">SHA-256 of all its options in hex, secrets included: two that are equal in
/// everything shown may differ.</param>
/// <param name="Config">All its options, secrets masked.</param>
public sealed record RunningPipeline(string From, string Sum, JsonElement Config)
{
    /// <summary><see cref="From"/> of pipelines that are kept in the database.</summary>
    public const string Database = "database";

    /// <summary><see cref="From"/> of the pipeline that runs when no file names one.</summary>
    public const string BuiltIn = "built in";

    /// <summary><see cref="From"/> of a pipeline that <c>--table</c> made.</summary>
    public const string CommandLine = "command line";
}
