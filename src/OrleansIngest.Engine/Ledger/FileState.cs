using Npgsql;

namespace OrleansIngest.Engine.Ledger;

/// <summary>The state of the newest version of a file, from the ledger.</summary>
public sealed record FileState
{
    /// <summary>The version's key.</summary>
    public required FileId FileId { get; init; }

    /// <summary>Absolute path.</summary>
    public required string Path { get; init; }

    /// <summary>As in <c>ingest.file.status</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Why, human-readable; null for none.</summary>
    public required string? Reason { get; init; }

    /// <summary>Bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Totals; 0 before the file is loaded.</summary>
    public required FileTotals Totals { get; init; }

    /// <summary>Differences between the columns of file and table; null for none. Default: null.</summary>
    public ColumnsNote? ColumnsNote { get; init; }

    /// <summary>Whether the calling run worked on it; false if it was loaded before.</summary>
    public bool WasHandled { get; init; }

    /// <summary>An earlier file or version with the same content; null when none is known.</summary>
    public FileId? SameAs { get; init; }

    /// <summary>Whether it was not loaded because its content was already loaded.</summary>
    public bool IsRepeat => Status == FileStatus.Ignored.ToName() && SameAs is not null;

    /// <summary>Whether it is quarantined until an operator decides: one has quarantined it, it has changed after an older
    /// version was loaded, or workers have crashed while loading it. Default: false.</summary>
    public bool IsHeld { get; init; }

    /// <summary>Of its loaded rows, those that were committed before the calling run claimed it. Default: 0.</summary>
    public long RowsBefore { get; init; }

    /// <summary>The archive of which it is a member; null for a file outside of archives. Default: null.</summary>
    public FileId? Archive { get; init; }

    /// <summary>Whether its members are separate files, which have its rows. Default: false.</summary>
    public bool IsArchive { get; init; }

    /// <summary>The columns of <c>ingest.file f</c> for <see cref="ReadAllAsync"/>.</summary>
    internal const string Columns =
        $"""
        f.file_id, f.path, f.status, coalesce(f.reason, f.error), f.size, f.rows_loaded, f.rows_rejected, f.rows_skipped,
        f.same_as, f.columns_note::text, f.rows_suppressed, f.parent_id, f.rows_inserted, f.rows_updated, f.rows_unchanged,
        f.status = {FileStatusSql.Quarantined} AND (f.attempts = 0 OR f.change_held)
        """;

    /// <summary>Reads rows of <see cref="Columns"/>.</summary>
    internal static async Task<IReadOnlyList<FileState>> ReadAllAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var states = new List<FileState>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            states.Add(new FileState
            {
                FileId = new FileId(reader.GetInt64(0)),
                Path = reader.GetString(1),
                Status = reader.GetString(2),
                Reason = reader.IsDBNull(3) ? null : reader.GetString(3),
                Size = reader.GetInt64(4),
                SameAs = reader.IsDBNull(8) ? null : new FileId(reader.GetInt64(8)),
                Totals = new FileTotals(
                    reader.GetInt64(5), reader.GetInt64(6), reader.GetInt64(7), reader.GetInt64(10),
                    MergeTotals.Read(reader, 12)),
                IsHeld = reader.GetBoolean(15),
                Archive = reader.IsDBNull(11) ? null : new FileId(reader.GetInt64(11)),
                ColumnsNote = ColumnsNote.FromJson(reader.IsDBNull(9) ? null : reader.GetString(9)),
            });
        }

        return states;
    }
}
