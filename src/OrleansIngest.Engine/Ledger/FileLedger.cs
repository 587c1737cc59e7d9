using Npgsql;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Changes of a file's state outside the commits of its batches: discovered, claimed,
/// finished, failed, put back.</summary>
/// <remarks>A statement that changes a claimed file proves the claim's epoch, and returns whether it was in force.</remarks>
public sealed partial class FileLedger(NpgsqlDataSource dataSource)
{
    /// <summary>Called when a file became <c>loaded</c>, but not with one of its batches: pipeline, and time since it was in
    /// place. Default: nothing.</summary>
    public Action<string, TimeSpan>? OnFinished { get; init; }

    internal const string InForce = $"file_id = $1 AND epoch = $2 AND owner_node = $3 AND status = {FileStatusSql.Loading}";

    /// <summary>Records a pipeline and its configuration.</summary>
    /// <param name="pipeline">Its name.</param>
    /// <param name="configJson">The configuration as JSON, for the monitor.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task NotePipelineAsync(string pipeline, string configJson, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            INSERT INTO ingest.pipeline (name, config) VALUES ($1, $2::jsonb)
            ON CONFLICT (name) DO UPDATE SET config = excluded.config, updated_at = now() WHERE pipeline.config <> excluded.config
            """);
        command.Parameters.Add(new() { Value = pipeline });
        command.Parameters.Add(new() { Value = configJson });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Records the properties found when the input of a claim was opened (<see cref="InputNote"/>).</summary>
    /// <returns>False when the claim is not in force, or positions of another unit are committed.</returns>
    public Task<bool> NoteInputAsync(FileClaim claim, InputNote note, CancellationToken cancellationToken) =>
        InputNoteLedger.WriteAsync(dataSource, claim, note, cancellationToken);

    /// <summary>The newest version of each path that the ledger knows.</summary>
    public async Task<IReadOnlyList<FileState>> StatesAsync(
        string pipeline, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            SELECT DISTINCT ON (f.path) {FileState.Columns}
            FROM ingest.file f WHERE f.pipeline = $1 AND f.path = ANY ($2) ORDER BY f.path, f.version DESC
            """);
        command.Parameters.Add(new() { Value = pipeline });
        command.Parameters.Add(new() { Value = paths.ToArray() });
        return await FileState.ReadAllAsync(command, cancellationToken);
    }

    /// <summary>The rows of files that were committed under earlier claims.</summary>
    /// <param name="epochs">The files, each with the epoch before which claims are earlier.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The files that have such rows.</returns>
    internal async Task<IReadOnlyDictionary<FileId, long>> RowsBeforeAsync(
        IReadOnlyDictionary<FileId, int> epochs, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            SELECT b.file_id, sum(b.rows_loaded)::bigint FROM unnest($1::bigint[], $2::integer[]) AS s (file_id, epoch)
            JOIN ingest.batch b ON b.file_id = s.file_id AND b.epoch < s.epoch
            GROUP BY b.file_id HAVING sum(b.rows_loaded) > 0
            """);
        command.Parameters.Add(new() { Value = epochs.Keys.Select(f => f.Value).ToArray() });
        command.Parameters.Add(new() { Value = epochs.Values.ToArray() });
        return (await command.ReadAllAsync(r => (new FileId(r.GetInt64(0)), r.GetInt64(1)), cancellationToken)).ToDictionary();
    }

    /// <summary>Makes failed files ready at once, instead of at their next attempt.</summary>
    public async Task MakeReadyAsync(IReadOnlyList<FileId> files, CancellationToken cancellationToken)
    {
        if (files.Count == 0) return;
        await using var command = dataSource.CreateCommand(
            $"UPDATE ingest.file f SET {FileTransitions.Hurry.Set} WHERE f.file_id = ANY ($1) AND "
                + $"{FileTransitions.Hurry.IsAllowed}");
        command.Parameters.Add(new() { Value = files.Select(f => f.Value).ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Adds the members of an archive as separate files, ready to be loaded, and marks the
    /// archive <c>loaded</c>, in one transaction. Repeating the call after a lost answer does no harm.</summary>
    /// <param name="claim">Of the archive; must be in force.</param>
    /// <param name="members">Its data files, in its order; with unique names.</param>
    /// <param name="sha256">Of the stored archive; null if unknown.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ArgumentException">Two members have the same name.</exception>
    public Task<Expansion> ExpandAsync(
        FileClaim claim, IReadOnlyList<ArchiveMember> members, byte[]? sha256, CancellationToken cancellationToken)
    {
        _floors.Lower(claim.Pipeline, claim.File.ModifiedNanoseconds);
        return new ArchiveLedger(dataSource).ExpandAsync(claim, members, sha256, OnFinished, cancellationToken);
    }

    /// <summary>The newest version of each member of archives.</summary>
    public Task<IReadOnlyList<FileState>> MembersAsync(IReadOnlyList<FileId> archives, CancellationToken cancellationToken) =>
        new ArchiveLedger(dataSource).MembersAsync(archives, cancellationToken);

    internal static SeenFile ReadFile(NpgsqlDataReader reader, int first) => new(
        reader.GetString(first), reader.GetInt64(first + 1), reader.GetInt64(first + 2),
        unchecked((ulong)reader.GetInt64(first + 3)), unchecked((ulong)reader.GetInt64(first + 4)));

    internal static void AddClaim(NpgsqlCommand command, FileClaim claim)
    {
        command.Parameters.Add(new() { Value = claim.FileId.Value });
        command.Parameters.Add(new() { Value = claim.Epoch });
        command.Parameters.Add(new() { Value = claim.Owner.Value });
    }
}
