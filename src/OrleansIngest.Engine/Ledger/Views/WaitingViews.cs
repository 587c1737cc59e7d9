using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Why files wait that could be loaded: their pipeline is paused, or no process is there to load them.</summary>
public sealed class WaitingViews(NpgsqlDataSource dataSource)
{
    static readonly string Sql =
        $"""
        SELECT p.name, p.config ->> 'table', p.paused, p.paused_by, p.paused_reason, p.coordinated_at,
            coalesce(p.coordinated_at > clock_timestamp() - $3, false)
            OR EXISTS (SELECT FROM ingest.file f WHERE f.pipeline = p.name AND f.status = {FileStatusSql.Loading})
        FROM ingest.pipeline p WHERE p.name = ANY ($1) OR p.name = ANY (ARRAY(
            SELECT f.pipeline FROM ingest.file f WHERE f.file_id = ANY ($2) AND f.status {FileStatusSql.IsWaiting}))
        ORDER BY p.name
        """;

    /// <summary>The reasons of pipelines, by name; those whose files will be loaded are not among them.</summary>
    public Task<IReadOnlyDictionary<string, string>> OfPipelinesAsync(
        IEnumerable<string> pipelines, CancellationToken cancellationToken) => ReadAsync([.. pipelines], [], cancellationToken);

    /// <summary>The same for the pipelines of those files that wait.</summary>
    public Task<IReadOnlyDictionary<string, string>> OfFilesAsync(IEnumerable<long> files, CancellationToken cancellationToken) =>
        ReadAsync([], [.. files], cancellationToken);

    /// <summary>Whether a pipeline is known to the ledger only through <c>ingest load --table</c>, so that no silo will ever run
    /// it: it has the name that the command gives, and none has run it.</summary>
    internal static bool IsOfLoad(string name, string? table, DateTimeOffset? coordinatedAt) =>
        coordinatedAt is null && table is not null && name == PipelineNames.For("load", table);

    /// <summary>The same for a pipeline by its name; false if the ledger has none of that name.</summary>
    internal async Task<bool> IsOfLoadAsync(string pipeline, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            "SELECT config ->> 'table', coordinated_at FROM ingest.pipeline WHERE name = $1");
        command.Parameters.Put(pipeline, NpgsqlDbType.Text);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) && IsOfLoad(pipeline, reader.Text(0), reader.Instant(1));
    }

    async Task<IReadOnlyDictionary<string, string>> ReadAsync(
        string[] pipelines, long[] files, CancellationToken cancellationToken)
    {
        var reasons = new Dictionary<string, string>(StringComparer.Ordinal);
        if (pipelines.Length + files.Length == 0) return reasons;
        await using var command = dataSource.CreateCommand(Sql);
        command.Parameters.Put(pipelines, NpgsqlDbType.Array | NpgsqlDbType.Text);
        command.Parameters.Put(files, NpgsqlDbType.Array | NpgsqlDbType.Bigint);
        command.Parameters.Put(PipelineLedger.UncoordinatedAfter, NpgsqlDbType.Interval);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var name = reader.GetString(0);
            var isOfLoad = IsOfLoad(name, reader.Text(1), reader.Instant(5));
            if (reader.GetBoolean(2) && !isOfLoad)
                reasons[name] = $"pipeline {name} is paused{By(reader.Text(3))}{Because(reader.Text(4))}";
            else if (!reader.GetBoolean(6)) reasons[name] = isOfLoad
                ? "no silo loads it, only the command that named it: run `ingest load` again"
                : $"no silo runs pipeline {name}: start one with `ingest up`";
        }

        return reasons;

        static string By(string? who) => who is null ? "" : $" by {who}";

        static string Because(string? why) => why is null ? "" : $": {why}";
    }
}
