using Npgsql;
using OrleansIngest.Commands.Arguments;
using OrleansIngest.Commands.Configuration;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Silo;

namespace OrleansIngest.Cli.Hosting;

/// <summary>The databases of a silo beside the main one.</summary>
static class SiloDatabases
{
    /// <summary>All of them, also those without a pipeline, because one may be added while the silo runs.</summary>
    public static IReadOnlyList<SiloDatabase> Of(IReadOnlyDictionary<string, DatabaseSettings>? databases,
        IReadOnlyList<PipelineOptions> pipelines) =>
        [.. (databases ?? new Dictionary<string, DatabaseSettings>()).Select(d => Of(d.Key, d.Value, pipelines))];

    /// <summary>One of them.</summary>
    public static SiloDatabase Of(string name, DatabaseSettings settings, IReadOnlyList<PipelineOptions> pipelines)
    {
        PipelineOptions[] own = [.. pipelines.Where(p => p.Database == name)];
        return new SiloDatabase(name, settings.ConnectionString($"ingest/up/{name}"), own,
            own.Any(p => TableNames.IsEvents(p.Table)));
    }

    /// <summary>Two names of one database would be two nodes in one ledger. The same database under different host names is
    /// detected when the ledger is joined.</summary>
    /// <exception cref="CliException">Two are the same.</exception>
    public static void RefuseSame(string main, IReadOnlyDictionary<string, DatabaseSettings> databases)
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal) { [PlaceOf(main)] = "the main database" };
        foreach (var (name, settings) in databases)
        {
            if (!known.TryAdd(PlaceOf(settings.ConnectionString()), $"database {name}"))
                throw CliException.Usage(
                    $"databases.{name} ({settings}) is the same database as {known[PlaceOf(settings.ConnectionString())]}: "
                        + "remove one of the two");
        }
    }

    static string PlaceOf(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        return $"{settings.Host?.Replace("localhost", "127.0.0.1", StringComparison.Ordinal)} {settings.Port} "
            + $"{settings.Database}";
    }
}
