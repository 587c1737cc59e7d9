using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Coordination;

/// <summary>Options of a process that loads files.</summary>
public sealed record IngestNodeOptions
{
    /// <summary>Npgsql connection string; the role needs the privileges that <c>ingest check</c> lists.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>The database's name in the configuration; null for the main one. Default: null.</summary>
    public string? Database { get; init; }

    /// <summary>Limits shared with the other nodes of its process, instead of <see cref="BatchMemoryBytes"/> and
    /// <see cref="DecoderMemoryBytes"/>. Null: not shared. Default: null.</summary>
    public SharedLimits? Limits { get; init; }

    /// <summary>One of <see cref="Ledger.NodeKind"/>. Default: silo.</summary>
    public string Kind { get; init; } = Ledger.NodeKind.Silo;

    /// <summary>The node's name; only if <see cref="LedgerPool"/> does not give it one. Default: host, process and six random
    /// digits.</summary>
    public Ledger.NodeId? Node { get; init; }

    /// <summary>Its name and its connections to the ledger, opened before, which stay open after it. Default: its own.</summary>
    public NodeLedgerPool? LedgerPool { get; init; }

    /// <summary>The address of its silo for other silos. Default: none.</summary>
    public string? Address { get; init; }

    /// <summary>The pipelines that it starts with; a silo may start without any
    /// (<see cref="IngestNode.Apply"/>), a load needs one.</summary>
    public required IReadOnlyList<PipelineOptions> Pipelines { get; init; }

    /// <summary>Bytes of batches that may exist at once, from 1 MiB to 1 TiB. Default: 16 MiB.</summary>
    [CountRange(1 << 20, 1L << 40, Bytes = true)]
    public long BatchMemoryBytes { get; init; } = 16L << 20;

    /// <summary>Bytes that decoders of compressed files may take at once, besides the batches, from 1 MiB to 1 TiB: about 10 MiB
    /// for each large file. Default: 32 MiB.</summary>
    [CountRange(1 << 20, 1L << 40, Bytes = true)]
    public long DecoderMemoryBytes { get; init; } = 32L << 20;

    /// <summary>Pipes that it can load. Default: none.</summary>
    public IReadOnlyList<Sources.PipeInput> Pipes { get; init; } = [];

    /// <summary>Whether each input is loaded in one transaction. Default: false, in batches.</summary>
    public bool InOneTransaction { get; init; }

    /// <summary>Maximum number of files in progress, from 1 to 10,000. Default: 256.</summary>
    [CountRange(1, 10_000)]
    public int Capacity { get; init; } = 256;

    /// <summary>How long the ledger keeps its details; for silos. Default: see <see cref="Ledger.RetentionOptions"/>.</summary>
    public Ledger.RetentionOptions Retention { get; init; } = new();

    /// <summary>The problems; empty if a node can be started with these options.</summary>
    public IReadOnlyList<OptionProblem> Validate()
    {
        var problems = new List<OptionProblem>();
        OptionChecks.Ranges(this, "node", problems);
        problems.AddRange(Retention.Validate("node.retention"));
        if (Pipelines.Count == 0 && Kind != Ledger.NodeKind.Silo)
            problems.Add(new("node.pipelines", "must have at least one pipeline"));
        return problems;
    }
}
