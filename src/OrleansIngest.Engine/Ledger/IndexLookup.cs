using Npgsql;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Has the statements of a batch planned once per session, as lookups in indexes.</summary>
/// <remarks>The server expects ten elements of an array that is a parameter. For a single file it therefore always finds that a
/// new plan for this array would be cheaper than the one that it could keep, and plans each time, which is a tenth of the latency
/// of a small file. A plan that is kept must not read whole tables, even if they are small when it is made.</remarks>
static class IndexLookup
{
    /// <summary>A batch whose first result, of one row, is to be skipped by whoever reads.</summary>
    public static NpgsqlBatch CreateBatch(NpgsqlConnection connection)
    {
        var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            "SELECT set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true), "
                + "set_config('enable_bitmapscan', 'off', true), set_config('enable_hashjoin', 'off', true), "
                + "set_config('enable_mergejoin', 'off', true)"));
        return batch;
    }
}
