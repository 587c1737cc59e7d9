using Npgsql;

namespace OrleansIngest.Engine.Ledger;

/// <summary>What the ledger says of pipelines.</summary>
public sealed class PipelineLedger(NpgsqlDataSource dataSource)
{
    /// <summary>Notes that an operator paused or resumed a pipeline, for the monitor and the history. Nothing is decided by it.</summary>
    public async Task NotePausedAsync(string pipeline, bool paused, string who, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            WITH noted AS (UPDATE ingest.pipeline SET paused = $2, updated_at = now() WHERE name = $1 RETURNING name)
            INSERT INTO ingest.history (kind, pipeline, who) SELECT CASE WHEN $2 THEN 'operator.pause' ELSE 'operator.resume' END, name, $3 FROM noted
            """);
        command.Parameters.Add(new() { Value = pipeline });
        command.Parameters.Add(new() { Value = paused });
        command.Parameters.Add(new() { Value = who });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
