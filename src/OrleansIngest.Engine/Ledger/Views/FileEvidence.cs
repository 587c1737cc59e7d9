using Npgsql;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>What the ledger knows about why a file is not loaded, in addition to the reason in its row.</summary>
public sealed record FileEvidence
{
    /// <summary>Consecutive nodes that died while loading it.</summary>
    public required int OwnerDeaths { get; init; }

    /// <summary>Whether it is held back because it changed after it was loaded (<c>onChange: quarantine</c>).</summary>
    public required bool IsHeld { get; init; }

    /// <summary>The operator who last skipped or quarantined it; null if none did.</summary>
    public string? SetAsideBy { get; init; }

    /// <summary>Number of its rejects.</summary>
    public required long Rejects { get; init; }

    /// <summary>Their most frequent reason code; null without any.</summary>
    public string? TopReason { get; init; }

    /// <summary>The most frequent column; null for none.</summary>
    public string? TopColumn { get; init; }

    /// <summary>Number of rejects with that reason and column.</summary>
    public long TopCount { get; init; }

    /// <summary>The names of its fields, if stored for its rejects; otherwise null.</summary>
    public IReadOnlyList<string>? Header { get; init; }

    /// <summary>The number of its fields, if stored for its rejects; otherwise null.</summary>
    public int? Fields { get; init; }

    /// <summary>Whether other files of its pipeline have been loaded.</summary>
    public bool HasLoadedOthers { get; init; }

    /// <summary>Reads the evidence; null for a file that is not in the ledger.</summary>
    internal static async Task<FileEvidence?> ReadAsync(
        NpgsqlConnection connection, FileId file, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT f.owner_deaths, f.change_held,
                CASE WHEN h.kind = 'operator.quarantine' THEN coalesce(h.who, 'an operator') END,
                coalesce(r.rejects, 0)::bigint, r.reason, r.column_name, coalesce(r.top, 0)::bigint, k.header::text, k.fields,
                EXISTS (SELECT FROM ingest.file o
                    WHERE o.pipeline = f.pipeline AND o.status = {FileStatusSql.Loaded} AND o.rows_loaded > 0)
            FROM ingest.file f
            LEFT JOIN LATERAL (SELECT kind, who FROM ingest.history
                WHERE file_id = f.file_id AND kind IN ('file.quarantined', 'operator.quarantine')
                ORDER BY history_id DESC LIMIT 1) h ON true
            LEFT JOIN LATERAL (SELECT sum(count(*)) OVER () AS rejects, c.reason, c.column_name, count(*) AS top
                FROM public.corrupt_records c
                WHERE c.file_id = f.file_id GROUP BY c.reason, c.column_name ORDER BY top DESC LIMIT 1) r ON true
            LEFT JOIN ingest.reject_header k ON k.file_id = f.file_id
            WHERE f.file_id = $1
            """, connection)
        { Parameters = { new() { Value = file.Value } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        return new FileEvidence
        {
            OwnerDeaths = reader.GetInt32(0),
            IsHeld = reader.GetBoolean(1),
            SetAsideBy = reader.Text(2),
            Rejects = reader.GetInt64(3),
            TopReason = reader.Text(4),
            TopColumn = reader.Text(5),
            TopCount = reader.GetInt64(6),
            Header = reader.Text(7) is { } header ? HeaderJson.Read(header) : null,
            Fields = reader.IsDBNull(8) ? null : reader.GetInt32(8),
            HasLoadedOthers = reader.GetBoolean(9),
        };
    }
}
