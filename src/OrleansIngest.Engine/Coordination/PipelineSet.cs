using System.Collections.Frozen;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Coordination;

/// <summary>The pipelines of a node: a snapshot that is replaced as a whole. A loader keeps the context that it was opened with,
/// so a file in progress ends with the options that it began with. Safe for concurrent use.</summary>
sealed class PipelineSet
{
    /// <summary>The options are as configured; those of the context may be adapted.</summary>
    sealed record Entry(PipelineOptions Options, LoaderContext Context, string Json);

    readonly Func<PipelineOptions, LoaderContext> _make;
    readonly Lock _lock = new();
    readonly Dictionary<string, Entry> _retired = [];
    volatile FrozenDictionary<string, Entry> _now;
    volatile IReadOnlyList<string> _names;

    /// <param name="pipelines">At the start.</param>
    /// <param name="make">Creates the context that the loaders of a pipeline share.</param>
    public PipelineSet(IReadOnlyList<PipelineOptions> pipelines, Func<PipelineOptions, LoaderContext> make)
    {
        _make = make;
        _now = pipelines.ToFrozenDictionary(p => p.Name, p => new Entry(p, make(p), PipelineJson.Write(p)));
        _names = [.. pipelines.Select(p => p.Name)];
    }

    /// <summary>The names, in the order of the configuration.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The options of a running pipeline; null if there is none of that name. The same
    /// object until they change.</summary>
    public PipelineOptions? Find(string name) => _now.TryGetValue(name, out var entry) ? entry.Options : null;

    /// <summary>The context for a claim. A claim in transit while its pipeline was removed is
    /// loaded with the last options.</summary>
    /// <exception cref="KeyNotFoundException">There never was such a pipeline here.</exception>
    public LoaderContext ForClaim(string name)
    {
        if (_now.TryGetValue(name, out var entry)) return entry.Context;
        lock (_lock)
        {
            return (_now.TryGetValue(name, out entry) || _retired.TryGetValue(name, out entry))
                ? entry.Context
                : throw new KeyNotFoundException($"this node has no pipeline {name}");
        }
    }

    /// <summary>Replaces the snapshot; unchanged pipelines keep their knowledge of their tables.</summary>
    /// <param name="pipelines">All of the new ones.</param>
    public PipelineChanges Change(IReadOnlyList<PipelineOptions> pipelines)
    {
        lock (_lock)
        {
            var before = _now;
            var next = new Dictionary<string, Entry>();
            List<string> added = [], changed = [];
            foreach (var pipeline in pipelines)
            {
                var json = PipelineJson.Write(pipeline);
                var isKnown = before.TryGetValue(pipeline.Name, out var entry);
                if (!isKnown) added.Add(pipeline.Name);
                else if (entry!.Json != json) changed.Add(pipeline.Name);
                next.Add(pipeline.Name, isKnown && entry!.Json == json ? entry : new Entry(pipeline, _make(pipeline), json));
            }

            string[] removed = [.. _names.Where(name => !next.ContainsKey(name))];
            foreach (var name in removed) _retired[name] = before[name];
            _now = next.ToFrozenDictionary();
            _names = [.. pipelines.Select(p => p.Name)];
            return new PipelineChanges(added, changed, removed);
        }
    }
}

/// <summary>The difference between two configurations of a node, as names of pipelines.</summary>
/// <param name="Added">Start.</param>
/// <param name="Changed">Apply to files claimed from now on.</param>
/// <param name="Removed">Take no more files.</param>
public sealed record PipelineChanges(IReadOnlyList<string> Added, IReadOnlyList<string> Changed, IReadOnlyList<string> Removed)
{
    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => Added.Count + Changed.Count + Removed.Count == 0;

    /// <inheritdoc/>
    public override string ToString()
    {
        return string.Join("; ", new[] { Part("added", Added), Part("changed", Changed),
            Part("removed", Removed) }.Where(p => p.Length > 0));

        static string Part(string what, IReadOnlyList<string> names) =>
            names.Count == 0 ? "" : $"{what} {string.Join(", ", names)}";
    }
}
