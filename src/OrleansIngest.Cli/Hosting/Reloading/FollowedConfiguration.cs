using OrleansIngest.Commands.Configuration;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Cli.Hosting.Reloading;

/// <summary>The configuration that a silo started with, and how to read the next one.</summary>
/// <param name="Texts">The files that <paramref name="Start"/> was made from.</param>
/// <param name="Stamp">The state of the database's pipelines that it was made from.</param>
/// <param name="Start">The initial configuration.</param>
/// <param name="FollowsDatabase">Whether pipelines of the database run too: not when the command line has chosen one.</param>
/// <param name="Read">Reads the files as they are now.</param>
/// <param name="Select">The pipelines of a configuration, as the command line changes them.</param>
/// <param name="Connect">The databases of a configuration, beside the main one.</param>
sealed record FollowedConfiguration(
    ConfigurationTexts Texts, string Stamp, DesiredConfiguration Start, bool FollowsDatabase, Func<ConfigurationTexts> Read,
    Func<IngestOptions, IReadOnlyList<PipelineOptions>> Select,
    Func<IngestOptions, IReadOnlyDictionary<string, DatabaseSettings>> Connect)
{
    /// <summary>The desired configuration of these files and these pipelines of the database.</summary>
    /// <exception cref="CliException">It is invalid; the message lists every problem.</exception>
    public DesiredConfiguration Choose(ConfigurationTexts texts, IReadOnlyList<StoredPipeline> kept)
    {
        var options = IngestFile.Understand(texts);
        return DesiredConfiguration.Of(options, Select(options), kept);
    }

    /// <summary>Creates the watched directories, as at the start.</summary>
    /// <returns>Those that did not exist.</returns>
    /// <exception cref="CliException">One cannot be created.</exception>
    public IReadOnlyList<string> Prepare(IReadOnlyList<PipelineOptions> pipelines)
    {
        var created = new List<string>();
        foreach (var directory in pipelines.SelectMany(p => p.Watch).Where(d => !d.Contains('*', StringComparison.Ordinal)))
        {
            try
            {
                if (Directory.Exists(directory)) continue;
                Directory.CreateDirectory(directory);
                created.Add(directory);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw CliException.Usage($"cannot create the watched directory {directory}: {failure.Message}");
            }
        }

        return created;
    }
}
