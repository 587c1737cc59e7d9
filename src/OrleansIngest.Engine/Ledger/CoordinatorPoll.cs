using Npgsql;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Finds out with one statement what a round of a coordinator has to do. An idle pipeline needs nothing else in a
/// round.</summary>
public sealed class CoordinatorPoll(NpgsqlDataSource dataSource)
{
    static readonly string Question =
        $"""
        SELECT p.paused, p.paused_by, p.max_in_flight, p.priority,
            EXISTS (SELECT FROM ingest.pipeline o WHERE o.name <> $1 AND NOT o.paused
                AND o.coordinated_at > clock_timestamp() - $5),
            EXISTS (SELECT FROM ingest.node c WHERE {NodeLedger.IsDead("c", "$2", "$3", "$4")}),
            EXISTS (SELECT FROM ingest.file f JOIN ingest.node n ON n.node = f.owner_node
                    WHERE f.status = {FileStatusSql.Loading} AND n.state IN ('dead', 'left')),
            (SELECT true FROM ingest.file f WHERE f.pipeline = $1 AND {FileStatusSql.IsDue("f")}
                {FileStatusSql.OldestFirst("f")} LIMIT 1) IS NOT NULL,
            CASE WHEN $6 THEN
                EXISTS (SELECT FROM ingest.file f WHERE f.pipeline = $1 AND {FileTransitions.Overtake.IsAllowed}) ELSE false END
        FROM (SELECT) one LEFT JOIN ingest.pipeline p ON p.name = $1
        """;

    /// <summary>Polls once. The next poll sees later changes.</summary>
    /// <param name="pipeline">Its name.</param>
    /// <param name="self">The caller, which never declares itself dead.</param>
    /// <param name="canDeclareDead">As for <see cref="NodeLedger.ReapNodesAsync"/>.</param>
    /// <param name="lists">Whether the round lists the directories. Only then is it asked for unsettled files: with none of them,
    /// that reads all files that wait, 5 ms for 20,000 of them.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<RoundNeeds> AskAsync(
        string pipeline, NodeId self, bool canDeclareDead, bool lists, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Question);
        command.Parameters.Add(new() { Value = pipeline });
        command.Parameters.Add(new() { Value = self.Value });
        command.Parameters.Add(new() { Value = canDeclareDead });
        command.Parameters.Add(new() { Value = NodeLedger.SilentAfter });
        command.Parameters.Add(new() { Value = PipelineLedger.UncoordinatedAfter });
        command.Parameters.Add(new() { Value = lists });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new RoundNeeds
        {
            Orders = reader.IsDBNull(0) ? null : PipelineLedger.ReadOrders(reader),
            HasRivals = reader.GetBoolean(4),
            HasDeadNodes = reader.GetBoolean(5),
            HasOrphans = reader.GetBoolean(6),
            HasDue = reader.GetBoolean(7),
            HasUnsettled = reader.GetBoolean(8),
        };
    }
}

/// <summary>What a round of a coordinator has to do, according to the ledger.</summary>
public readonly record struct RoundNeeds
{
    /// <summary>The operators' orders; null when the pipeline is not in the ledger.</summary>
    public PipelineOrders? Orders { get; init; }

    /// <summary>Whether other pipelines are coordinated too.</summary>
    public bool HasRivals { get; init; }

    /// <summary>Whether <see cref="NodeLedger.ReapNodesAsync"/> would find a node.</summary>
    public bool HasDeadNodes { get; init; }

    /// <summary>Whether <see cref="NodeLedger.FreeFilesAsync"/> would find a file.</summary>
    public bool HasOrphans { get; init; }

    /// <summary>Whether a file of the pipeline may be claimed.</summary>
    public bool HasDue { get; init; }

    /// <summary>Whether <see cref="FileLedger.OverdueAsync"/> may find a file; false in a round that does not list.</summary>
    public bool HasUnsettled { get; init; }
}
