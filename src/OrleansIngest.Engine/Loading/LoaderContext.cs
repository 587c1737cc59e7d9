using Microsoft.Extensions.Logging;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading.Pacing;
using OrleansIngest.Engine.Loading.Routing;
using OrleansIngest.Engine.Loading.Splits;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Engine.Targets.Postgres.Commits;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Loading;

/// <summary>The shared context of a pipeline's loaders on one node.</summary>
sealed record LoaderContext
{
    public required PipelineOptions Options { get; init; }

    public required PipelineTarget Target { get; init; }

    /// <summary>Why the current file does not determine a table, human-readable. Default: null, it does.</summary>
    public string? Refusal { get; init; }

    /// <summary>Creates missing tables.</summary>
    public required ITableCreator Maker { get; init; }

    TableRoutes Routes { get; } = new();

    public required CommitLanes Lanes { get; init; }

    public required MemoryBudget Budget { get; init; }

    /// <summary>Pipes that this run loads, by their names in the ledger. Default: none.</summary>
    public IReadOnlyDictionary<string, PipeInput> Pipes { get; init; } = new Dictionary<string, PipeInput>();

    /// <summary>Archives that stay open between two of their files.</summary>
    public required IdleArchives IdleArchives { get; init; }

    /// <summary>Whether each input is one batch, and so one transaction. Default: false.</summary>
    public bool InOneTransaction { get; init; }

    /// <summary>Enforces the pipeline's rate limits; null if it has none. Default: null.</summary>
    public PipelinePace? Pace { get; init; }

    /// <summary>Bounds the memory of decoders: separate from batches, because a loader keeps its decoder while it waits for a
    /// batch, which could otherwise be forever.</summary>
    public required MemoryBudget DecoderBudget { get; init; }

    /// <summary>Limits concurrent parsing to the number of processors. A loader that waits for the database
    /// while reading holds no slot.</summary>
    public required ParseSlots ParseSlots { get; init; }

    public required FileLedger Files { get; init; }

    public required Npgsql.NpgsqlDataSource DataSource { get; init; }

    /// <summary>Connections for transactions that take as long as a file is large.</summary>
    public required Npgsql.NpgsqlDataSource PublishSource { get; init; }

    public required DatabaseHealth Health { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>Whether a loader waits for a locked table whose definition must change, as long as it takes;
    /// otherwise its file is put back.</summary>
    public required bool WaitsForTable { get; init; }

    /// <summary>How long a loader keeps its place while another file, which may have the same content, is being loaded
    /// (<c>sameContent: skip</c>).</summary>
    public required TimeSpan SameContentPatience { get; init; }

    /// <summary>Whether the node has its maximum number of files in progress. Default: never.</summary>
    public Func<bool> IsFull { get; init; } = () => false;

    /// <summary>Number of files that the node has in progress. Default: 1.</summary>
    public Func<int> FilesInWork { get; init; } = () => 1;

    /// <summary>Maximum number of concurrent parsers of the process. Default: 1.</summary>
    public int Processors { get; init; } = 1;

    /// <summary>Other nodes that can load parts of a file; null if there are none. Default: none.</summary>
    public Func<ISplitWorkers?> SplitWorkers { get; init; } = () => null;

    public required TimeProvider Time { get; init; }

    /// <summary>The context of a claimed file: if the table depends on the file, options and
    /// target are those of its table.</summary>
    public LoaderContext For(FileClaim claim) => Routes.Of(this, claim);
}
