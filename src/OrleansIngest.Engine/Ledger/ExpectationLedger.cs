using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Counts arrived files, for pipelines with a schedule.</summary>
static class ExpectationLedger
{
    // A file that arrived after an instant has ended after it, or has not ended: each is a small range of an index, so that the
    // many old files are not read.
    const string Sql =
        $"""
        WITH noted AS (
            INSERT INTO ingest.expectation AS e (pipeline, terms, since) VALUES ($1, $2, statement_timestamp())
            ON CONFLICT (pipeline) DO UPDATE SET terms = excluded.terms, since = CASE WHEN e.terms = excluded.terms THEN e.since
                ELSE excluded.since END
            RETURNING since
        )
        SELECT since, (SELECT count(*) FROM (
            SELECT FROM ingest.file f WHERE f.pipeline = $1 AND f.parent_id IS NULL AND f.finished_at > $3
                AND f.discovered_at > $3
            UNION ALL
            SELECT FROM ingest.file f WHERE f.pipeline = $1 AND f.parent_id IS NULL AND f.status {FileStatusSql.IsWaiting}
                AND f.discovered_at > $3
                AND f.finished_at IS NULL
            UNION ALL
            SELECT FROM ingest.file f WHERE f.pipeline = $1 AND f.parent_id IS NULL AND f.status = {FileStatusSql.Loading}
                AND f.discovered_at > $3
                AND f.finished_at IS NULL
            LIMIT $4) came) FROM noted
        """;

    /// <summary>Adds the expected files to the facts of pipelines with a schedule.</summary>
    public static async Task<List<AlertFacts>> AddAsync(
        NpgsqlConnection connection, List<AlertFacts> facts, IReadOnlyList<EvaluatedPipeline> pipelines, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var all = new List<AlertFacts>(facts.Count);
        foreach (var fact in facts)
        {
            var expect = pipelines.First(p => p.Name == fact.Pipeline).Expect;
            all.Add(expect is null ? fact
                : fact with { Expected = await ReadAsync(connection, fact.Pipeline, expect, now, cancellationToken) });
        }

        return all;
    }

    static async Task<ExpectedFiles> ReadAsync(
        NpgsqlConnection connection, string pipeline, ExpectOptions expect, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var window = ExpectedWindow.Last(expect, now);
        await using var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.Add(new() { Value = pipeline });
        command.Parameters.Add(
            new() { Value = $"{DurationText.Format(expect.Every)} {expect.By} {expect.TimeZone} {expect.AtLeast}" });
        command.Parameters.Add(new() { Value = window.Start.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = (long)expect.AtLeast });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new ExpectedFiles(window, reader.GetInt64(1), expect.AtLeast,
            new DateTimeOffset(reader.GetDateTime(0), TimeSpan.Zero));
    }
}
