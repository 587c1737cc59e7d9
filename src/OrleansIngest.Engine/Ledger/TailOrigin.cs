using Npgsql;

namespace OrleansIngest.Engine.Ledger;

/// <summary>A version that may be the beginning of a file to follow: with its path, or with its inode under another
/// name.</summary>
/// <param name="Version">The version to continue from.</param>
/// <param name="Path">Its path.</param>
/// <param name="IsSameInode">Whether its device and inode equal those of the file.</param>
/// <param name="Inode">Its device and inode.</param>
/// <param name="End">Why following it ended: <c>idle</c>, <c>rotated</c>, <c>truncated</c>; null if it has not ended, or was
/// never followed.</param>
/// <param name="HasRows">Whether a part of it is committed.</param>
/// <param name="ChangedNanoseconds">ctime of its file when discovery saw it; 0 if unknown.</param>
sealed record TailOrigin(
    AppendBase Version, string Path, bool IsSameInode, (ulong Device, ulong Inode) Inode, string? End, bool HasRows,
    long ChangedNanoseconds)
{
    /// <summary>Human-readable.</summary>
    public override string ToString() => $"{Path} (file {Version.FileId})";

    /// <summary>The versions that a claim without committed batches may continue.</summary>
    /// <param name="dataSource">The ledger.</param>
    /// <param name="claim">The claim of the file.</param>
    /// <param name="device">Device of the open file.</param>
    /// <param name="inode">Inode of the open file.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<IReadOnlyList<TailOrigin>> FindAsync(
        NpgsqlDataSource dataSource, FileClaim claim, ulong device, ulong inode, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            SELECT {AppendBase.Columns},
                o.path, o.dev, o.inode, o.tail_end, EXISTS (SELECT FROM ingest.batch b WHERE b.file_id = o.file_id),
                coalesce(o.ctime_ns, 0)
            FROM (
                SELECT * FROM ingest.file p WHERE p.pipeline = $2 AND p.path = $3 AND p.file_id <> $1 AND p.parent_id IS NULL
                UNION
                SELECT * FROM ingest.file i WHERE i.pipeline = $2 AND i.dev = $4 AND i.inode = $5 AND i.is_tailed
                    AND i.file_id <> $1) o
            {AppendBase.LastBatch}
            WHERE o.status IN ({FileStatusSql.Loaded}, {FileStatusSql.Ready}, {FileStatusSql.Failed}, {FileStatusSql.Loading},
                {FileStatusSql.Quarantined})
            ORDER BY o.size, o.file_id
            """);
        command.Parameters.Add(new() { Value = claim.FileId.Value });
        command.Parameters.Add(new() { Value = claim.Pipeline });
        command.Parameters.Add(new() { Value = claim.File.Path });
        command.Parameters.Add(new() { Value = unchecked((long)device) });
        command.Parameters.Add(new() { Value = unchecked((long)inode) });
        var origins = new List<TailOrigin>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var its = (Device: unchecked((ulong)reader.GetInt64(12)), Inode: unchecked((ulong)reader.GetInt64(13)));
            origins.Add(new TailOrigin(
                AppendBase.Read(reader), reader.GetString(11), its == (device, inode), its,
                reader.IsDBNull(14) ? null : reader.GetString(14), reader.GetBoolean(15), reader.GetInt64(16)));
        }

        return origins;
    }
}
