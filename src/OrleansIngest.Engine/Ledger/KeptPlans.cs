using Npgsql;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Has the statements of a batch, which is one transaction, planned once per session: to make a plan takes as long as to
/// execute it, a tenth of the latency of a small file.</summary>
/// <remarks>The server expects ten elements of an array that is a parameter. For a single file it therefore always finds that a
/// new plan for this array would be cheaper than the one that it could keep, and plans each time. A plan that is kept must not
/// read or sort whole tables, even if they are small when it is made, or if files that have just arrived are not in the planner's
/// statistics. So all other kinds of plans are excluded.</remarks>
static class KeptPlans
{
    static readonly string Lookups = Without("seqscan", "bitmapscan", "hashjoin", "mergejoin");
    static readonly string InOrder = Without("seqscan", "bitmapscan", "sort");

    /// <summary>A batch whose statements look up rows by an index. Whoever reads must skip the first result, of one
    /// row.</summary>
    public static NpgsqlBatch OfLookups(NpgsqlConnection connection) => Create(connection, Lookups);

    /// <summary>A batch whose statements read the first rows in the order of an index. Whoever reads must skip the first result,
    /// of one row.</summary>
    public static NpgsqlBatch InOrderOfAnIndex(NpgsqlConnection connection) => Create(connection, InOrder);

    static NpgsqlBatch Create(NpgsqlConnection connection, string settings)
    {
        var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(settings));
        return batch;
    }

    /// <summary>For the transaction only.</summary>
    static string Without(params IEnumerable<string> kinds) =>
        "SELECT set_config('plan_cache_mode', 'force_generic_plan', true)"
            + string.Concat(kinds.Select(kind => $", set_config('enable_{kind}', 'off', true)"));
}
