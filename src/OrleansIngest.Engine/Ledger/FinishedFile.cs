using Npgsql;

namespace OrleansIngest.Engine.Ledger;

/// <summary>A file that is <c>loaded</c> now.</summary>
/// <param name="FileId">The file.</param>
/// <param name="Pipeline">Its pipeline.</param>
/// <param name="Totals">Its rows, rejects and skipped records.</param>
/// <param name="Latency">Time since it was in place.</param>
readonly record struct FinishedFile(FileId FileId, string Pipeline, FileTotals Totals, TimeSpan Latency)
{
    /// <summary>SQL: what <see cref="Read"/> reads from a <c>WITH</c> item <c>done</c> that has these columns.</summary>
    public const string Select =
        "SELECT file_id, pipeline, rows_loaded, rows_rejected, rows_skipped, extract(epoch FROM latency)::double precision "
            + "FROM done";

    /// <summary>SQL: the columns of <see cref="Select"/> that an update of <c>ingest.file f</c> returns.</summary>
    public const string Returned =
        $"f.file_id, f.pipeline, f.rows_loaded, f.rows_rejected, f.rows_skipped, {ThroughputLedger.Latency}";

    /// <summary>The current row.</summary>
    public static FinishedFile Read(NpgsqlDataReader reader) => new(
        new FileId(reader.GetInt64(0)), reader.GetString(1),
        new FileTotals(reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4)), TimeSpan.FromSeconds(reader.GetDouble(5)));
}
