using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Discovery;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading;

namespace OrleansIngest.Engine.Coordination;

/// <summary>Loads given files once, now, in this process: the same ledger, claims and commits as a cluster, without one.</summary>
public sealed class OneShotLoad(IngestNode node, string pipeline, TaskFileWorkers workers)
{
    /// <summary>Notes the files, claims what is not loaded yet, and loads it.</summary>
    /// <param name="files">Complete files: they are not waited for.</param>
    /// <param name="started">Called with each claim as it is handed over.</param>
    /// <param name="cancellationToken">Stops at the next batch.</param>
    /// <returns>What the ledger says of each file at the end, in the order given.</returns>
    public async Task<IReadOnlyList<FileState>> RunAsync(
        IReadOnlyList<SeenFile> files, Action<FileClaim>? started, CancellationToken cancellationToken)
    {
        await node.Nodes.ReapNodesAsync(node.Id, judgesSilence: true, cancellationToken);
        await node.Nodes.FreeFilesAsync(cancellationToken);
        await node.Files.NoteFilesAsync(pipeline, files, "ready", null, cancellationToken);
        var states = await node.Files.StatesAsync(pipeline, [.. files.Select(f => f.Path)], cancellationToken);
        await node.Files.MakeReadyAsync([.. states.Where(s => s.Status == "failed").Select(s => s.FileId)], cancellationToken);
        FileId[] ours = [.. states.Where(s => s.Status is "ready" or "failed").Select(s => s.FileId)];
        for (var next = 0; next < ours.Length;)
        {
            var some = ours.AsSpan(next, Math.Min(1000, ours.Length - next)).ToArray();
            next += some.Length;
            while (some.Length > 0)
            {
                var claims = await node.Files.ClaimAsync(pipeline, node.Id, some.Length, some, cancellationToken);
                if (claims.Count == 0) break;
                CrashPoint.Hit("claimed");
                foreach (var claim in claims) started?.Invoke(claim);
                await workers.StartAsync(claims, cancellationToken);
                await workers.WhenIdleAsync().WaitAsync(cancellationToken);
                some = [.. some.Except(claims.Select(c => c.FileId))]; // files whose owners died are given out one at a time
            }
        }

        var after = (await node.Files.StatesAsync(pipeline, [.. files.Select(f => f.Path)], cancellationToken)).ToDictionary(s => s.Path);
        var handled = ours.ToHashSet();
        return [.. files.Select(f => after[f.Path] with { WasHandled = handled.Contains(after[f.Path].FileId) })];
    }
}
