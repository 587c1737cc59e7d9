using System.Globalization;
using System.Text;
using Npgsql;
using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Ledger;

/// <summary>A version of a file that a newer one continues (<c>onChange: append</c>).</summary>
/// <param name="FileId">Its key.</param>
/// <param name="Version">Under its path.</param>
/// <param name="Status">As in <c>ingest.file.status</c>.</param>
/// <param name="Size">Bytes: where the appended part starts.</param>
/// <param name="Sha256">Of its bytes; null if unknown.</param>
/// <param name="Records">All of them.</param>
/// <param name="Unit">The unit of its positions.</param>
/// <param name="Kept">Its layout, if stored.</param>
/// <param name="LastStart">Start of its last batch; 0 if its batches were deleted from the ledger.</param>
/// <param name="LastPosition">Record and line there.</param>
sealed record AppendBase(
    FileId FileId, int Version, FileStatus Status, long Size, byte[]? Sha256, long Records, PositionUnit Unit, string? Kept,
    long LastStart, RecordPosition LastPosition)
{
    /// <summary>Human-readable.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"version {Version} (file {FileId})");

    /// <summary>SQL: what <see cref="Read"/> reads, of a version <c>o</c> with <see cref="LastBatch"/>;
    /// further columns start at 11.</summary>
    public const string Columns =
        """
        o.file_id, o.version, o.status, o.size, o.sha256, o.records_read, o.position_unit, o.layout ->> 'kept',
            coalesce(l.start_offset, 0), coalesce(l.first_record, 1), coalesce(l.first_line, 1)
        """;

    /// <summary>SQL: the last batch <c>l</c> of a version <c>o</c>.</summary>
    public const string LastBatch =
        "LEFT JOIN ingest.batch l ON l.file_id = o.file_id AND l.end_offset = o.size AND l.start_offset < l.end_offset";

    /// <summary>Reads <see cref="Columns"/>.</summary>
    public static AppendBase Read(NpgsqlDataReader reader) => new(
        new FileId(reader.GetInt64(0)), reader.GetInt32(1), FileStatusNames.Parse(reader.GetString(2)), reader.GetInt64(3),
        reader.IsDBNull(4) ? null : reader.GetFieldValue<byte[]>(4), reader.GetInt64(5), PositionUnits.Parse(reader.GetString(6)),
        reader.IsDBNull(7) ? null : Encoding.UTF8.GetString(Convert.FromBase64String(reader.GetString(7))),
        reader.GetInt64(8), new RecordPosition(reader.GetInt64(9), reader.GetInt64(10)));
}
