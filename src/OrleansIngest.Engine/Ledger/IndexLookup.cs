using Npgsql;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Has the statements of a batch planned once per session, as lookups in indexes.</summary>
/// <remarks>For a parameter that is an array the server expects ten elements, so for one file it always finds a plan for exactly this
/// array cheaper, and plans anew each time: for a small file that is a tenth of its latency. A plan that is kept must not read whole
/// tables, although they may be small when it is made.</remarks>
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
