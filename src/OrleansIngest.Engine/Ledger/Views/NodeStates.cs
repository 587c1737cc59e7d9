using System.Globalization;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>The state of a node as a reader sees it. <c>ingest.node.state</c> changes to <c>dead</c> when a live silo declares
/// it, and stays unchanged without a live silo. A reader therefore uses the age of the heartbeat, by the database's
/// clock.</summary>
static class NodeStates
{
    /// <summary>A working node without a heartbeat for longer than <see cref="NodeLedger.SilentAfter"/>: it has
    /// died, hangs, or is cut off.</summary>
    public const string Silent = "silent";

    /// <summary>Every state, working ones first.</summary>
    public static readonly IReadOnlyList<string> All = ["alive", "draining", Silent, "dead", "left"];

    /// <summary>SQL: the state of a row of <c>ingest.node</c> with the alias <c>n</c>, one of <see cref="All"/>.</summary>
    public static readonly string Sql = string.Create(CultureInfo.InvariantCulture,
        $"CASE WHEN n.state IN ('alive', 'draining') AND n.heartbeat_at < clock_timestamp() - interval "
            + $"'{NodeLedger.SilentAfter.TotalSeconds} s' THEN '{Silent}' ELSE n.state END");

    /// <summary>SQL: <see cref="All"/> as an array.</summary>
    public static readonly string AllSql = $"ARRAY['{string.Join("', '", All)}']";

    /// <summary>SQL: whether the node works, or ended within the last 24 hours; the end of a silent node is its last
    /// heartbeat.</summary>
    public const string RecentSql =
        "(n.state IN ('alive', 'draining') AND n.heartbeat_at > clock_timestamp() - interval '24 h' OR n.left_at > "
            + "clock_timestamp() - interval '24 h')";
}
