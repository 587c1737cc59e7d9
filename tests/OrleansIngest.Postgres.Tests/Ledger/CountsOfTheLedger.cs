using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Ledger;

/// <summary>The law of the counters: they are what counting the ledger's rows would give.</summary>
static class CountsOfTheLedger
{
    const string Columns =
        "count(*), sum(records), sum(rows_loaded), sum(rows_rejected), sum(rows_skipped), sum(end_offset - start_offset), "
            + "sum(read_us), sum(wait_us), sum(copy_us), sum(commit_us)";

    /// <summary>As long as no batch was folded or removed.</summary>
    public static async Task CountsShouldAgreeAsync(this LoadBench bench)
    {
        (await bench.RowsAsync(
            """
            SELECT pipeline, sum(batches), sum(records), sum(rows_loaded), sum(rows_rejected), sum(rows_skipped), sum(bytes),
                sum(read_us), sum(wait_us),
                sum(copy_us), sum(commit_us) FROM ingest.throughput GROUP BY pipeline HAVING sum(batches) > 0 ORDER BY pipeline
            """)).ShouldBe(
                await bench.RowsAsync(
                    $"SELECT pipeline, {Columns} FROM ingest.batch b JOIN (SELECT file_id, pipeline FROM ingest.file) f USING "
                        + "(file_id) GROUP BY pipeline ORDER BY pipeline"));
        (await bench.RowsAsync("SELECT pipeline, batches, rows_loaded, files_finished FROM ingest.throughput_total ORDER BY 1"))
            .ShouldBe(
                await bench.RowsAsync(
                    "SELECT pipeline, sum(batches), sum(rows_loaded), sum(files_finished) FROM ingest.throughput GROUP BY 1 "
                        + "ORDER BY 1"));
        await bench.FilesShouldAgreeAsync();
    }

    /// <summary>As long as no loaded file was taken back.</summary>
    public static async Task FilesShouldAgreeAsync(this LoadBench bench)
    {
        (await bench.RowsAsync("SELECT pipeline, status, files, bytes FROM ingest.file_total ORDER BY 1, 2"))
            .ShouldBe(await bench.RowsAsync(
                "SELECT pipeline, status, count(*), sum(size) FROM ingest.file GROUP BY 1, 2 ORDER BY 1, 2"));
        var loaded = await bench.RowsAsync(
            "SELECT pipeline, count(*) FROM ingest.file WHERE status = 'loaded' GROUP BY 1 ORDER BY 1");
        (await bench.RowsAsync(
            "SELECT pipeline, sum(files_finished) FROM ingest.throughput GROUP BY 1 HAVING sum(files_finished) > 0 "
                + "ORDER BY 1")).ShouldBe(loaded);
        (await bench.RowsAsync("SELECT pipeline, sum(files) FROM ingest.latency GROUP BY 1 ORDER BY 1")).ShouldBe(loaded);
    }
}
