namespace OrleansIngest.Postgres.Tests.Loading.Parallel;

/// <summary>The table of <see cref="ManyRecords"/>, and queries on what a load has left in the database.</summary>
static class LoadedRecords
{
    /// <summary>Creates the table; its last two columns are metadata.</summary>
    public const string Table = "CREATE TABLE t (id int NOT NULL, name text, at date, line bigint, rec bigint)";

    /// <summary>All rows, in the order of the file.</summary>
    public const string Rows = "SELECT id, name::text, at, line, rec FROM t ORDER BY rec";

    /// <summary>All rejects, in the order of the file.</summary>
    public const string Rejects =
        "SELECT raw_record, line, record_number, byte_offset, reason, column_name, detail FROM corrupt_records ORDER BY "
            + "record_number";

    /// <summary>The counts of each file, and whether its bytes and its hash are those on disk.</summary>
    public const string Totals =
        "SELECT records_read, rows_loaded, rows_rejected, rows_skipped, bytes_read = size, sha256 = "
            + "sha256(pg_read_binary_file(path)) FROM ingest.file";

    /// <summary>How many batches do not begin where the one before them ends, by offset or by record. Of one file.</summary>
    public const string Gaps =
        "SELECT count(*) FROM (SELECT start_offset, first_record, lag(end_offset, 1, 0::bigint) OVER w AS e, lag(first_record + "
        + "records, 1, 1::bigint) OVER w AS r FROM ingest.batch WINDOW w AS (ORDER BY start_offset)) b WHERE start_offset <> e "
        + "OR first_record <> r";
}
