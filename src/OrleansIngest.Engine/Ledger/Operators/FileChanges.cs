using Npgsql;

namespace OrleansIngest.Engine.Ledger.Operators;

/// <summary>Applies the changes that verbs decide to files that the transaction has locked.</summary>
static class FileChanges
{
    /// <summary>Sets the state of files.</summary>
    public static async Task ChangeAsync(
        NpgsqlConnection connection, FileVerb verb, long[] files, FileStatus status, OperatorAct act,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            UPDATE ingest.file f SET {FileTransitions.Obey.SetTo("$2")}, reason = $3, is_skipped = $2 = {FileStatusSql.Ignored},
                ready_at = CASE WHEN $2 = {FileStatusSql.Ready} THEN clock_timestamp() ELSE ready_at END,
                finished_at = CASE WHEN $2 <> {FileStatusSql.Ready} THEN clock_timestamp() END,
                is_forced = is_forced OR $2 = {FileStatusSql.Ready} AND f.status = {FileStatusSql.Ignored}
                    AND same_as IS NOT NULL,
                same_as = CASE WHEN $2 <> {FileStatusSql.Ready} THEN same_as END
            WHERE f.file_id = ANY ($1) AND {FileTransitions.Obey.IsAllowed}
            """, connection)
        {
            Parameters = { new() { Value = files }, new() { Value = status.ToName() },
                new() { Value = $"{FileVerbs.NameOf(verb)} {By(act)}" } },
            CommandTimeout = 0,
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Adds a newer version of each, ready to be loaded.</summary>
    /// <returns>Their keys.</returns>
    public static async Task<IReadOnlyList<FileId>> AddVersionsAsync(
        NpgsqlConnection connection, long[] files, bool isReplacement, OperatorAct act, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            INSERT INTO ingest.file (pipeline, path, version, size, mtime_ns, dev, inode, ctime_ns, status, reason, ready_at,
                is_forced, is_replacement,
                parent_id, version_token, uri)
            SELECT pipeline, path, version + 1, size, mtime_ns, dev, inode, ctime_ns, {FileTransitions.Add.Into},
                format('%s of file %s %s', CASE WHEN $3 THEN 'replacement' ELSE 'replay' END, file_id, $2), clock_timestamp(),
                    true, $3,
                parent_id, version_token, uri
            FROM ingest.file WHERE file_id = ANY ($1)
            RETURNING file_id
            """, connection)
        {
            Parameters = { new() { Value = files }, new() { Value = By(act) }, new() { Value = isReplacement } },
            CommandTimeout = 0,
        };
        var added = new List<FileId>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) added.Add(new FileId(reader.GetInt64(0)));
        return added;
    }

    static string By(OperatorAct act) => $"by {act.Who}{(act.Reason is { } why ? $": {why}" : "")}";
}
