using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Coordination;

/// <summary>Loads the given files once, in this process, with the same ledger, claims and commits as a cluster.</summary>
/// <remarks>Waits for a database that goes away, as its workers do: each statement may be repeated after a lost
/// answer.</remarks>
public sealed class OneShotLoad(IngestNode node, string pipeline, TaskFileWorkers workers)
{
    const int ClaimedAtOnce = 1000;
    static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    readonly Dictionary<FileId, int> _continued = []; // files that had an earlier claim, with the first epoch of this run

    /// <summary>How long it waits for files that another program is loading. Default: 10 s, enough to detect a dead or hung
    /// program; PostgreSQL can take a moment to notice a death, and after its own start all nodes have five seconds to reconnect
    /// (<see cref="NodeLedger"/>).</summary>
    public TimeSpan Patience { get; init; } = NodeLedger.SilentAfter + TimeSpan.FromSeconds(2);

    /// <summary>The operator who asked to load files again that are already loaded, or whose content is; null to skip them.
    /// Default: null.</summary>
    public OperatorAct? Again { get; init; }

    /// <summary>The operator who asked to load the files, as the author of the retry of those that are quarantined: the options
    /// or the table may have been corrected. Those that are held for an operator's decision stay quarantined
    /// (<see cref="FileState.IsHeld"/>). Null to leave all of them. Default: null.</summary>
    public OperatorAct? Retry { get; init; }

    /// <summary>Records the files, claims those that are not loaded yet, and loads them.</summary>
    /// <param name="files">Complete files, which need not settle.</param>
    /// <param name="started">Called with each claim as it is handed over.</param>
    /// <param name="cancellationToken">Stops at the next batch.</param>
    /// <returns>The final state of each file in the ledger, in the given order; the members of an archive follow it.</returns>
    public async Task<IReadOnlyList<FileState>> RunAsync(
        IReadOnlyList<SeenFile> files, Action<FileClaim>? started, CancellationToken cancellationToken)
    {
        string[] paths = [.. files.Select(f => f.Path)];
        var handled = new HashSet<FileId>();
        var waitingSince = 0L;
        var compared = false;
        await AskAsync(token => NoteAsync(files, paths, token), cancellationToken);
        IReadOnlyList<FileState> after;
        while (true)
        {
            await AskAsync(FreeAsync, cancellationToken);
            var states = await StatesAsync(paths, cancellationToken);
            if (!compared && await AskAsync(token => CompareAsync(files, states, token), cancellationToken))
                states = await StatesAsync(paths, cancellationToken);
            compared = true;
            var open = states.Where(s => IsOpen(s) && !handled.Contains(s.FileId)).ToArray();
            var before = handled.Count;
            var held = await LoadOlderAsync(paths, handled, started, cancellationToken);
            open = [.. open.Where(s => !held.Contains(s.Path))];
            await MakeReadyAsync([.. open.Where(s => s.Status == "failed").Select(s => s.FileId)], cancellationToken);
            foreach (var some in open.Where(s => s.Status != "loading").Select(s => s.FileId).Chunk(ClaimedAtOnce))
                await LoadAsync(some, handled, started, cancellationToken);

            after = await StatesAsync(paths, cancellationToken);
            if (!after.Any(s => IsOpen(s) && !handled.Contains(s.FileId))) break;
            if (handled.Count > before) continue; // members of an archive, or files that others have released by now
            if (waitingSince == 0) waitingSince = node.Time.GetTimestamp();
            else if (node.Time.GetElapsedTime(waitingSince) >= Patience) break;
            await Task.Delay(PollInterval, node.Time, cancellationToken);
        }

        if (_continued.Count > 0)
        {
            var earlier = await AskAsync(token => node.Files.RowsBeforeAsync(_continued, token), cancellationToken);
            after = [.. after.Select(s => s with { RowsBefore = earlier.GetValueOrDefault(s.FileId) })];
        }

        var members = after.Where(s => s.Archive is not null).ToLookup(s => s.Archive!.Value);
        var byPath = after.Where(s => s.Archive is null).ToDictionary(s => s.Path);
        return
        [
            .. files.Select(f => byPath[f.Path])
                .SelectMany(s => members[s.FileId].Prepend(s with { IsArchive = members.Contains(s.FileId) }))
                .Select(s => s with { WasHandled = handled.Contains(s.FileId) }),
        ];
    }

    static bool IsOpen(FileState state) => state.Status is "ready" or "failed" or "loading";

    /// <summary>The newest versions at the paths, and the members of those that are archives.</summary>
    Task<IReadOnlyList<FileState>> StatesAsync(string[] paths, CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyList<FileState>>(async token =>
        {
            var states = await node.Files.StatesAsync(pipeline, paths, token);
            return [.. states, .. await node.Files.MembersAsync(
                [.. states.Where(s => s.Status == "loaded").Select(s => s.FileId)], token)];
        }, cancellationToken);

    Task MakeReadyAsync(IReadOnlyList<FileId> files, CancellationToken cancellationToken) =>
        AskAsync(token => node.Files.MakeReadyAsync(files, token), cancellationToken);

    Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> statement, CancellationToken cancellationToken) =>
        node.Health.RetryAsync(statement, cancellationToken);

    Task AskAsync(Func<CancellationToken, Task> statement, CancellationToken cancellationToken) =>
        node.Health.RetryAsync(statement, cancellationToken);

    async Task NoteAsync(IReadOnlyList<SeenFile> files, string[] paths, CancellationToken cancellationToken)
    {
        await node.Files.NoteFilesAsync(pipeline, files, "ready", null, cancellationToken);
        // Once, before the first claim: a file that fails again, here or in a running silo, is not tried in a circle.
        if (Retry is { } asked) await RetryAsync(paths, asked, cancellationToken);
        if (Again is not { } act) return;
        await new ContentLedger(node.LedgerSource).ForceAsync(pipeline, paths, cancellationToken);
        var over = (await node.Files.StatesAsync(pipeline, paths, cancellationToken))
            .Where(s => s.Status == "loaded" || s.IsRepeat).Select(s => s.FileId);
        await ApplyAsync(FileVerb.Replay, over, act, cancellationToken);
    }

    /// <summary>The newest versions are those that were given: a file that has changed since it was quarantined has become a
    /// newer version. Members of archives are retried with them.</summary>
    async Task RetryAsync(string[] paths, OperatorAct act, CancellationToken cancellationToken)
    {
        var states = await node.Files.StatesAsync(pipeline, paths, cancellationToken);
        var loaded = states.Where(s => s.Status == "loaded").Select(s => s.FileId).ToList();
        var members = loaded.Count == 0 ? [] : await node.Files.MembersAsync(loaded, cancellationToken);
        await ApplyAsync(FileVerb.Retry,
            states.Concat(members).Where(s => s is { Status: "quarantined", IsHeld: false }).Select(s => s.FileId), act,
            cancellationToken);
    }

    async Task ApplyAsync(FileVerb verb, IEnumerable<FileId> files, OperatorAct act, CancellationToken cancellationToken)
    {
        var bulk = new BulkVerb(verb);
        foreach (var some in files.Select(f => f.Value).Chunk(bulk.MostFiles))
            await new BulkLedger(node.LedgerSource).ApplyAsync(
                bulk, new BulkChoice(new FileFilter { Pipeline = pipeline }) { Ids = some }, [], act, isTrial: false,
                cancellationToken);
    }

    /// <summary>Checks whether files that are loaded, judging by size and mtime, were replaced after all.</summary>
    async Task<bool> CompareAsync(IReadOnlyList<SeenFile> files, IReadOnlyList<FileState> states,
        CancellationToken cancellationToken)
    {
        var over = states.Where(s => s.Status == "loaded" || s.IsRepeat).Select(s => s.Path).ToHashSet(StringComparer.Ordinal);
        if (over.Count == 0) return false;
        using var check = new ReplacementCheck(pipeline, new ContentLedger(node.LedgerSource), node.Time);
        check.Add([.. files.Where(f => over.Contains(f.Path))]);
        var replaced = 0;
        while (!check.IsIdle) replaced += await check.WorkAsync(TimeSpan.FromSeconds(1), cancellationToken);
        return replaced > 0;
    }

    /// <summary>Releases the files of dead nodes.</summary>
    async Task FreeAsync(CancellationToken cancellationToken)
    {
        if (await node.Nodes.IsAloneAsync(node.Id, cancellationToken)) return;
        await node.Nodes.ReapNodesAsync(node.Id, canDeclareDead: true, cancellationToken);
        await node.Nodes.FreeFilesAsync(cancellationToken);
    }

    /// <summary>With <c>onChange: append</c>, versions that were begun are finished before those that continue them.</summary>
    /// <returns>Paths of which another program is loading an older version.</returns>
    async Task<HashSet<string>> LoadOlderAsync(
        string[] paths, HashSet<FileId> handled, Action<FileClaim>? started, CancellationToken cancellationToken)
    {
        if (!node.ReadsOn(pipeline)) return [];
        var older = await AskAsync(token => AppendLedger.OpenOlderAsync(node.LedgerSource, pipeline, paths, token),
            cancellationToken);
        var waiting = older.Where(o => o.Status != FileStatus.Loading && !handled.Contains(o.File)).ToArray();
        await MakeReadyAsync([.. waiting.Where(o => o.Status == FileStatus.Failed).Select(o => o.File)], cancellationToken);
        foreach (var some in waiting.Select(o => o.File).Chunk(ClaimedAtOnce))
            await LoadAsync(some, handled, started, cancellationToken);
        return [.. older.Where(o => o.Status == FileStatus.Loading).Select(o => o.Path)];
    }

    /// <summary>Claims and loads those of the files that are free.</summary>
    async Task LoadAsync(FileId[] some, HashSet<FileId> handled, Action<FileClaim>? started, CancellationToken cancellationToken)
    {
        while (some.Length > 0)
        {
            var claims = await ClaimAsync(some, cancellationToken);
            if (claims.Count == 0) return;
            CrashPoint.Hit("claimed");
            foreach (var claim in claims) started?.Invoke(claim);
            foreach (var claim in claims.Where(c => c.Epoch > 1 && !handled.Contains(c.FileId)))
                _continued.TryAdd(claim.FileId, claim.Epoch);
            await workers.StartAsync(claims, cancellationToken);
            await workers.WhenIdleAsync().WaitAsync(cancellationToken);
            handled.UnionWith(claims.Select(c => c.FileId));
            some = [.. some.Where(file => !handled.Contains(file))]; // files whose owners died are claimed one at a time
        }
    }

    /// <summary>Nothing is in work meanwhile, so files that this node owns were claimed by a statement whose answer was
    /// lost.</summary>
    Task<IReadOnlyList<FileClaim>> ClaimAsync(FileId[] some, CancellationToken cancellationToken)
    {
        var isRepeated = false;
        return AskAsync(async token =>
        {
            if (isRepeated) await node.Nodes.ReleaseLostClaimsAsync(node.Id, TimeSpan.Zero, [], token);
            isRepeated = true;
            return await node.Files.ClaimAsync(pipeline, node.Id, some.Length, some, token);
        }, cancellationToken);
    }
}
