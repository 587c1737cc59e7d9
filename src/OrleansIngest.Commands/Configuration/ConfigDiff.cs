using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Pipelines.Differences;

namespace OrleansIngest.Commands.Configuration;

/// <summary>A property whose value in running silos differs from the configuration.</summary>
/// <param name="Pipeline">Whose; null for a setting beside pipelines.</param>
/// <param name="Property">Such as <c>csv.delimiter</c>; null: the whole pipeline.</param>
/// <param name="Running">As JSON; null for nothing.</param>
/// <param name="File">As JSON; null for nothing.</param>
/// <param name="Nodes">The silos with this difference.</param>
sealed record ConfigDifference(string? Pipeline, string? Property, string? Running, string? File, IReadOnlyList<string> Nodes);

/// <summary>Compares the configuration of running silos with a configuration.</summary>
static class ConfigDiff
{
    /// <summary>For a pipeline that only one side has.</summary>
    const string Runs = "\"runs\"", IsPresent = "\"present\"";

    /// <summary>The differences, by pipeline and property.</summary>
    /// <param name="nodes">The silos by the ledger of one database.</param>
    /// <param name="wanted">The configuration.</param>
    /// <param name="database">Whose pipelines are compared; null for the main one, with which the other settings are.</param>
    public static IReadOnlyList<ConfigDifference> Between(
        IReadOnlyList<NodeConfiguration> nodes, DesiredConfiguration wanted, string? database = null)
    {
        var file = wanted.ToRunning(database);
        return [
            .. nodes.SelectMany(
                node => OfNode(node, file, database is null ? wanted : null).Select(difference => (node.Node, difference)))
            .GroupBy(found => found.difference, found => found.Node)
            .Select(group => new ConfigDifference(group.Key.Pipeline, group.Key.Property, group.Key.Running, group.Key.File,
                [.. group]))
            .OrderBy(d => d.Pipeline, StringComparer.Ordinal).ThenBy(d => d.Property,
                StringComparer.Ordinal).ThenBy(d => d.Nodes[0], StringComparer.Ordinal)];
    }

    static IEnumerable<(string? Pipeline, string? Property, string? Running, string? File)> OfNode(
        NodeConfiguration node, IReadOnlyDictionary<string, RunningPipeline> file, DesiredConfiguration? settings)
    {
        foreach (var change in settings is null ? [] : OptionDifference.Between(node.Settings, settings.Settings))
            yield return (null, change.Path, change.Before, change.After);
        foreach (var name in node.Pipelines.Keys.Union(file.Keys))
        {
            if (!file.TryGetValue(name, out var there))
            {
                yield return (name, null, Runs, null);
            }
            else if (!node.Pipelines.TryGetValue(name, out var runs))
            {
                yield return (name, null, null, IsPresent);
            }
            else if (runs.Sum != there.Sum)
            {
                var changes = OptionDifference.Between(runs.Config, there.Config);
                foreach (var change in changes) yield return (name, change.Path, change.Before, change.After);
                if (changes.Count == 0) yield return (name, "a secret", "\"***\"", "\"***\"");
            }
        }
    }
}
