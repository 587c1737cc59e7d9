using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Hosting;

/// <summary>The pipelines of a program and their database. Checked when the host starts: all problems are reported at
/// once.</summary>
public sealed class IngestHostOptions
{
    /// <summary>Npgsql connection string of the database with the tables; the ledger, schema <c>ingest</c>, is created there.
    /// Default: none, required.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>The pipelines to run; relative directories are relative to the working directory. Default: none, at least one
    /// is required.</summary>
    public IList<PipelineOptions> Pipelines { get; } = [];

    /// <summary>Files loaded at the same time. 1 to 10,000. Default: 128.</summary>
    public int MaxFiles { get; set; } = 128;

    /// <summary>Memory for batches that wait for the database, in bytes. 1 MiB to 1 TiB. Default: 16 MiB.</summary>
    public long BatchMemoryBytes { get; set; } = 16L << 20;

    /// <summary>Create and migrate the ledger at start-up, which requires the privilege to create schemas. Default: true; use
    /// false if <c>ingest migrate</c> does it.</summary>
    public bool MigrateLedger { get; set; } = true;

    /// <summary>Adds a pipeline.</summary>
    /// <param name="pipeline">Its options.</param>
    /// <returns>These options, to add more.</returns>
    public IngestHostOptions Add(PipelineOptions pipeline)
    {
        Pipelines.Add(pipeline);
        return this;
    }

    internal IngestNodeOptions NodeOptions() => new()
    {
        ConnectionString = ConnectionString,
        Kind = NodeKind.Host,
        Pipelines = [.. Pipelines],
        Capacity = MaxFiles,
        BatchMemoryBytes = BatchMemoryBytes,
    };

    internal IReadOnlyList<OptionProblem> Validate()
    {
        var problems = new List<OptionProblem>();
        // Null too, which a program gets from a configuration without the setting.
        if (string.IsNullOrEmpty(ConnectionString)) problems.Add(new("connectionString", "is required"));
        if (Pipelines.Count == 0) problems.Add(new("pipelines", "must have at least one pipeline"));
        for (var i = 0; i < Pipelines.Count; i++) problems.AddRange(Pipelines[i].Validate($"pipelines[{i}]"));
        foreach (var name in Pipelines.GroupBy(p => p.Name, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key))
            problems.Add(new("pipelines", $"has several pipelines named {name}"));
        if (Pipelines.FirstOrDefault(p => p.Database is not null) is { } elsewhere)
            problems.Add(new("pipelines", $"{elsewhere.Name}: database is not supported here: ConnectionString is the only one"));
        if (problems.Count == 0) problems.AddRange(NodeOptions().Validate());
        return problems;
    }
}
