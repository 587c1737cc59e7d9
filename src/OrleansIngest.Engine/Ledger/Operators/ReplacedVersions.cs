using System.Globalization;
using Npgsql;
using OrleansIngest.Engine.Diagnostics;

namespace OrleansIngest.Engine.Ledger.Operators;

/// <summary>The versions of a path whose rows a newer one replaces (<c>onChange: replace</c>).</summary>
static class ReplacedVersions
{
    /// <summary>Prevents two versions of a path from becoming visible concurrently, until the end of the transaction, and finds a
    /// newer visible one.</summary>
    /// <returns>That one, human-readable; null for none.</returns>
    public static async Task<string?> NewerAsync(NpgsqlConnection connection, FileClaim claim,
        CancellationToken cancellationToken)
    {
        await using (var one = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 0))",
            connection))
        {
            one.Parameters.Add(new() { Value = claim.Pipeline });
            one.Parameters.Add(new() { Value = claim.File.Path });
            await one.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var command = new NpgsqlCommand(
            $"""
            SELECT version, file_id FROM ingest.file WHERE pipeline = $1 AND path = $2 AND version > $3
                AND status = {FileStatusSql.Loaded}
            ORDER BY version DESC LIMIT 1
            """, connection);
        Add(command, claim);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        return string.Create(CultureInfo.InvariantCulture, $"version {reader.GetInt32(0)} (file {reader.GetInt64(1)})");
    }

    /// <summary>Removes the rows of the older versions, and closes their rejects.</summary>
    /// <param name="connection">In the transaction.</param>
    /// <param name="claim">The newer version.</param>
    /// <param name="now">Its table; an older version may have another one.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Null if it is done; otherwise why not.</returns>
    public static async Task<string?> TakeOutAsync(NpgsqlConnection connection, FileClaim claim, RowProvenance now,
        CancellationToken cancellationToken)
    {
        foreach (var (file, version, status, loaded, target) in await LockAsync(connection, claim, cancellationToken))
        {
            var rows = target is null ? now : now with { Table = target };
            if (status == FileStatus.Loading)
                return string.Create(CultureInfo.InvariantCulture,
                    $"version {version} (file {file}), which this version replaces, is still being loaded");
            var taken = loaded == 0 ? 0 : await FileRows.DeleteAsync(connection, rows, file, cancellationToken);
            if (taken == 0 && loaded > 0)
            {
                return string.Create(CultureInfo.InvariantCulture,
                    $"cannot replace version {version} (file {file}): no row of {rows.Table} has {file} in {rows.Column}; its "
                    + $"{Counted.Of(loaded, "row")} were loaded before the pipeline stored it, or were deleted. Delete the "
                    + $"remaining rows, set onChange back to newVersion, and retry the file");
            }

            var what = $"{Counted.Of(taken, "row")} {(taken == 1 ? "is" : "are")} removed from {rows.Table}";
            var by = string.Create(CultureInfo.InvariantCulture, $"version {claim.Version} (file {claim.FileId})");
            await FileRows.ForgetAsync(
                connection, file, $"replaced by {by}: {what}", RejectStates.Replaced,
                ("file.replaced", claim.Owner.Value, $"{by} takes its place: {what}"), cancellationToken);
        }

        await RejectClosing.CloseOlderAsync(connection, claim, cancellationToken); // also of versions without a row
        return null;
    }

    static async Task<List<(FileId File, int Version, FileStatus Status, long Rows, string? Target)>> LockAsync(
        NpgsqlConnection connection, FileClaim claim, CancellationToken cancellationToken)
    {
        // Locked first: the second statement sees the changes that the lock waited for.
        await using (var hold = new NpgsqlCommand(
            "SELECT FROM ingest.file WHERE pipeline = $1 AND path = $2 AND version < $3 ORDER BY version FOR NO KEY UPDATE",
            connection))
        {
            Add(hold, claim);
            await hold.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var command = new NpgsqlCommand(
            $"""
            SELECT * FROM (
                SELECT f.file_id, f.version, f.status, {FileRows.Count("f")} AS rows, f.target
                FROM ingest.file f
                WHERE f.pipeline = $1 AND f.path = $2 AND f.version < $3 AND NOT {StageLedger.IsStaged("f.file_id")}) v
            WHERE rows > 0 OR status IN ({FileStatusSql.Loaded}, {FileStatusSql.Loading}) ORDER BY version
            """, connection);
        Add(command, claim);
        var found = new List<(FileId, int, FileStatus, long, string?)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add((
                new FileId(reader.GetInt64(0)), reader.GetInt32(1), FileStatusNames.Parse(reader.GetString(2)),
                reader.GetInt64(3),
                await reader.IsDBNullAsync(4, cancellationToken) ? null : reader.GetString(4)));
        }

        return found;
    }

    static void Add(NpgsqlCommand command, FileClaim claim)
    {
        command.Parameters.Add(new() { Value = claim.Pipeline });
        command.Parameters.Add(new() { Value = claim.File.Path });
        command.Parameters.Add(new() { Value = claim.Version });
    }
}
