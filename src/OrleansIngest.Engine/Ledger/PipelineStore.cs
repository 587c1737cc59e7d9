using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Pipelines.Disposal;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Pipelines stored in the database. Nothing is overwritten: each change is a version with its author and time.
/// Silos check for changes every second.</summary>
public sealed class PipelineStore(NpgsqlDataSource dataSource)
{
    // "INGEST", 107: one change at a time, so that versions and names in files are compared with the current state
    const long LockKey = 0x494E47455354006B;

    /// <summary>Why a pipeline cannot be stored: errors as in a file, and relative directories, which each silo
    /// would resolve differently.</summary>
    /// <param name="pipeline">The pipeline to store.</param>
    /// <param name="path">The path of its options, a prefix of each problem's property.</param>
    public static IReadOnlyList<OptionProblem> Check(PipelineOptions pipeline, string path)
    {
        var problems = pipeline.Validate(path).ToList();
        if (pipeline.Watch.FirstOrDefault(directory => !Path.IsPathRooted(directory)) is { } relative)
            problems.Add(new($"{path}.watch",
                $"must be absolute in the database, because silos start in different directories, not '{relative}'"));
        if (pipeline.AfterLoad == AfterLoadPolicy.Archive && !Path.IsPathRooted(pipeline.ArchiveTo))
            problems.Add(new($"{path}.archiveTo", $"must be absolute in the database, not '{pipeline.ArchiveTo}'"));
        if (pipeline.AfterQuarantine == AfterQuarantinePolicy.Move && !Path.IsPathRooted(pipeline.QuarantineTo))
            problems.Add(new($"{path}.quarantineTo", $"must be absolute in the database, not '{pipeline.QuarantineTo}'"));
        return problems;
    }

    /// <summary>Identifies a state of the store; versions are only added, in sequence.</summary>
    public async Task<string> StampAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            "SELECT count(*) || ' ' || coalesce(max(change_id), 0) FROM ingest.pipeline_version");
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>The stored pipelines, by name.</summary>
    public Task<IReadOnlyList<StoredPipeline>> ListAsync(CancellationToken cancellationToken) =>
        ReadAsync("SELECT name, version, config::text, who, database_user, at, reason FROM ingest.kept_pipeline ORDER BY name",
            null, cancellationToken);

    /// <summary>A stored pipeline; null for none of that name.</summary>
    public async Task<StoredPipeline?> FindAsync(string name, CancellationToken cancellationToken) =>
        (await ReadAsync(
            "SELECT name, version, config::text, who, database_user, at, reason FROM ingest.kept_pipeline WHERE name = $1", name,
            cancellationToken))
            is [var found] ? found : null;

    /// <summary>All versions of one pipeline, or of all, newest first.</summary>
    public Task<IReadOnlyList<StoredPipeline>> HistoryAsync(string? name, CancellationToken cancellationToken) => ReadAsync(
        "SELECT name, version, config::text, who, database_user, at, reason FROM ingest.pipeline_version WHERE $1::text IS NULL "
            + "OR name = $1 ORDER BY change_id DESC",
        name, cancellationToken);

    /// <summary>Stores a new or changed pipeline.</summary>
    /// <param name="pipeline">Valid, with absolute directories: silos have different working directories.</param>
    /// <param name="after">The version that was changed, 0 for none; null for the newest. Refused if a newer version has been
    /// stored.</param>
    /// <param name="act">Who, and why.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<VerbResult> PutAsync(PipelineOptions pipeline, int? after, OperatorAct act,
        CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var newest = await LockAsync(connection, pipeline.Name, cancellationToken);
        if (newest?.Config is not null && JsonNode.DeepEquals(JsonNode.Parse(newest.Config), Brief(pipeline)))
            return new VerbResult(VerbOutcome.Nothing, $"is unchanged: version {newest.Version} in the database");
        if (after is { } version && version != (newest?.Config is null ? 0 : newest.Version))
            return new VerbResult(VerbOutcome.Refused, newest?.Config is null
                ? "is no longer in the database"
                : $"is already in the database: version {newest.Version}, by {newest.Who} at "
                    + $"{newest.At.UtcDateTime.ToString("u", CultureInfo.InvariantCulture)}");
        if (await InFileAsync(connection, pipeline.Name, cancellationToken) is { } elsewhere)
            return new VerbResult(VerbOutcome.Refused,
                $"is already in {elsewhere}; a pipeline is either in a file or in the database: remove it there first, or choose "
                    + "another name");
        await AddAsync(connection, pipeline.Name, (newest?.Version ?? 0) + 1, Brief(pipeline).ToJsonString(), act,
            newest?.Config is null ? "added" : "changed", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new VerbResult(VerbOutcome.Done,
            $"is {(newest?.Config is null ? "added" : "changed")}: version {(newest?.Version ?? 0) + 1} in the database; silos "
                + "apply it within seconds");
    }

    /// <summary>Removes a pipeline: silos take no more of its files. Its rows, its entries in the ledger and its versions
    /// stay.</summary>
    public async Task<VerbResult> RemoveAsync(string name, OperatorAct act, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var newest = await LockAsync(connection, name, cancellationToken);
        if (newest is null)
            return new VerbResult(VerbOutcome.Unknown, "is not stored in the database; see ingest pipeline list");
        if (newest.Config is null) return new VerbResult(VerbOutcome.Nothing,
            $"is already removed: version {newest.Version}, by {newest.Who}");
        await AddAsync(connection, name, newest.Version + 1, null, act, "removed", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new VerbResult(VerbOutcome.Done,
            $"is removed: version {newest.Version + 1}; silos claim no more of its files and finish those in progress");
    }

    /// <summary>The stored form of a pipeline: without defaults, as in a file.</summary>
    static JsonObject Brief(PipelineOptions pipeline) => PipelineJson.WriteBrief(pipeline);

    static async Task<StoredPipeline?> LockAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        await using (var take = new NpgsqlCommand("SELECT pg_advisory_xact_lock($1)", connection)
        { Parameters = { new() { Value = LockKey } } })
            await take.ExecuteNonQueryAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            "SELECT name, version, config::text, who, database_user, at, reason FROM ingest.pipeline_version WHERE name = $1 "
                + "ORDER BY version DESC LIMIT 1", connection)
        { Parameters = { new() { Value = name } } };
        return await command.ReadAllAsync(Read, cancellationToken) is [var newest] ? newest : null;
    }

    /// <summary>The file in which a live silo has a pipeline of this name.</summary>
    static async Task<string?> InFileAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT format('%s (node %s)', c.pipelines -> $1 ->> 'from', c.node) FROM ingest.node_configuration c
                JOIN ingest.node n USING (node)
            WHERE n.state = 'alive' AND n.kind = '{NodeKind.Silo}'
                AND c.pipelines -> $1 ->> 'from' <> '{RunningPipeline.Database}' ORDER BY c.node LIMIT 1
            """, connection)
        { Parameters = { new() { Value = name } } };
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    static async Task AddAsync(
        NpgsqlConnection connection, string name, int version, string? config, OperatorAct act, string what,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            WITH added AS (
                INSERT INTO ingest.pipeline_version (name, version, config, who, reason) VALUES ($1, $2, $3, $4, $5) RETURNING *
            )
            INSERT INTO ingest.history (kind, pipeline, who, detail)
            SELECT 'pipeline.' || $6, name, who, concat_ws(': ', format('version %s in the database', version), reason) FROM added
            """, connection)
        {
            Parameters =
            {
                new() { Value = name }, new() { Value = version },
                new() { Value = (object?)config ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Json },
                new() { Value = act.Who }, new() { Value = (object?)act.Reason ?? DBNull.Value,
                    NpgsqlDbType = NpgsqlDbType.Text }, new() { Value = what },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    async Task<IReadOnlyList<StoredPipeline>> ReadAsync(string sql, string? name, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(sql);
        if (sql.Contains("$1", StringComparison.Ordinal)) command.Parameters.Put(name, NpgsqlDbType.Text);
        return await command.ReadAllAsync(Read, cancellationToken);
    }

    static StoredPipeline Read(NpgsqlDataReader reader) => new(
        reader.GetString(0), reader.GetInt32(1), reader.Text(2), reader.GetString(3), reader.GetString(4),
        reader.Instant(5)!.Value, reader.Text(6));
}

/// <summary>One version of a pipeline stored in the database.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">From 1.</param>
/// <param name="Config">As in <c>ingest.json</c>, without defaults, with secrets; null if this version removed it.</param>
/// <param name="Who">Who made the change, as in the history.</param>
/// <param name="DatabaseUser">The role with which it was made.</param>
/// <param name="At">When it was made, by the database's clock.</param>
/// <param name="Reason">In the operator's own words; null when none was given.</param>
public sealed record StoredPipeline(string Name, int Version, string? Config, string Who, string DatabaseUser, DateTimeOffset At,
    string? Reason)
{
    /// <summary>The options of this version.</summary>
    /// <exception cref="JsonException">It was written by another version of this program and cannot be read by this one, or it is
    /// a removal.</exception>
    public PipelineOptions Options =>
        PipelineJson.Read(Config ?? throw new JsonException($"version {Version} of pipeline {Name} removed it"));
}
