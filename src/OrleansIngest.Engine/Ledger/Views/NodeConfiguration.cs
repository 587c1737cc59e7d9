using System.Text.Json;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>The configuration that a silo runs, and its problems with the current one.</summary>
public sealed record NodeConfiguration
{
    /// <summary>The silo.</summary>
    public required string Node { get; init; }

    /// <summary>1 at its start, incremented with each applied change.</summary>
    public required int Version { get; init; }

    /// <summary>When it was applied, by the database's clock.</summary>
    public DateTimeOffset AppliedAt { get; init; }

    /// <summary>The files and directories whose changes it follows, as far as they exist; empty if its pipelines were chosen on
    /// the command line, and no file is followed.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>Its pipelines by name.</summary>
    public required IReadOnlyDictionary<string, RunningPipeline> Pipelines { get; init; }

    /// <summary>The other settings of the file, with masked secrets.</summary>
    public required JsonElement Settings { get; init; }

    /// <summary>Why the current configuration in files and database is not in force: one line per error. Null if it is in
    /// force.</summary>
    public string? Problem { get; init; }

    /// <summary>Since when there is a problem.</summary>
    public DateTimeOffset? ProblemSince { get; init; }

    /// <summary>Settings that were changed and take effect with the next start of the silo, each with its two values.</summary>
    public required IReadOnlyList<string> RestartNeeded { get; init; }
}

/// <summary>A pipeline that a silo runs.</summary>
/// <param name="From">Its source: the absolute path of a file, <c>database</c>, <c>built in</c> or <c>command line</c>.</param>
/// <param name="Sum">SHA-256 of all its options in hex, secrets included: so two that look equal may differ.</param>
/// <param name="Config">All its options, with masked secrets.</param>
public sealed record RunningPipeline(string From, string Sum, JsonElement Config)
{
    /// <summary><see cref="From"/> of pipelines that are stored in the database.</summary>
    public const string Database = "database";

    /// <summary><see cref="From"/> of the pipeline that runs if no file defines one.</summary>
    public const string BuiltIn = "built in";

    /// <summary><see cref="From"/> of a pipeline created by <c>--table</c>.</summary>
    public const string CommandLine = "command line";
}
