using Npgsql;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Engine.Coordination;

/// <summary>A new node's name, and its connections to the ledger: for a program that looks at the database before it starts the
/// node. A session costs PostgreSQL about 5 ms of a processor, and plans everything once more.</summary>
public sealed class NodeLedgerPool
{
    NodeLedgerPool(NodeId node, NpgsqlDataSource source) => (Node, Source) = (node, source);

    /// <summary>The name: of the machine, of this process, and random.</summary>
    public NodeId Node { get; }

    /// <summary>The connections; none is open yet. They keep what a session sets. Whoever created the pool closes it.</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>Names a node, and prepares its pool.</summary>
    /// <param name="connectionString">Of the database.</param>
    /// <param name="kind">One of <see cref="NodeKind"/>: a load needs fewer connections.</param>
    public static NodeLedgerPool Create(string connectionString, string kind)
    {
        var node = NodeDescription.NewId();
        return new NodeLedgerPool(node, CreateSource(connectionString, node, kind));
    }

    /// <summary>A node's pool of connections to the ledger.</summary>
    internal static NpgsqlDataSource CreateSource(string connectionString, NodeId node, string kind) =>
        // A load executes few statements, and each new connection costs PostgreSQL more than waiting for one of two.
        NodeConnections.Create(connectionString, node, "ledger", kind == NodeKind.Load ? 2 : 10);
}
