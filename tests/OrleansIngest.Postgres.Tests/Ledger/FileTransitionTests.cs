using System.Reflection;
using System.Text.RegularExpressions;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources.FileSystem;
using OrleansIngest.Postgres.Tests.Loading;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Ledger;

/// <summary>The table of transitions against the ledger: each way to change a file's state is
/// tried on a file in each state.</summary>
public sealed partial class FileTransitionTests
{
    const string Table = "CREATE TABLE t (id int)";
    int _files;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The statement that a transition stands in, as a caller has it; a file and its
    /// claim as the ledger has them.</summary>
    delegate Task Act(Bench bench, FileClaim file);

    static readonly (string Transition, FileStatus To, Act Act)[] Acts =
    [
        (nameof(FileTransitions.Reappear), FileStatus.Ready, (b, f) => b.SeeAsync(f.File with { Size = 5 }, "ready")),
        (nameof(FileTransitions.Reappear), FileStatus.Discovered, (b, f) => b.SeeAsync(f.File with { Size = 5 }, "discovered")),
        (nameof(FileTransitions.Reappear), FileStatus.Ignored, (b, f) => b.SeeAsync(f.File with { Size = 5 }, "ignored")),
        (nameof(FileTransitions.Overtake), FileStatus.Vanished, async (b, f) =>
        {
            await b.ExecuteAsync(
                $"INSERT INTO ingest.file (pipeline, path, version, size, mtime_ns, dev, inode, status) VALUES ('test', "
                    + $"'{f.File.Path}', 2, 9, 9, 0, 0, 'loaded')");
            await b.Node.Files.OverdueAsync("test", [], Stop);
        }),
        (nameof(FileTransitions.Vanish), FileStatus.Vanished,
            (b, f) => b.Node.Files.NoteVanishedAsync("test", [f.File.Path], Stop)),
        (nameof(FileTransitions.Claim), FileStatus.Loading,
            (b, f) => b.Node.Files.ClaimAsync("test", b.Node.Id, 1, [f.FileId], Stop)),
        (nameof(FileTransitions.Finish), FileStatus.Loaded,
            (b, f) => b.Node.Files.FinishAsync(f, 0, PositionUnit.Byte, null, null, Stop)),
        (nameof(FileTransitions.Finish), FileStatus.Loaded, (b, f) => b.Node.Files.ExpandAsync(f, [], null, Stop)),
        (nameof(FileTransitions.Finish), FileStatus.Loaded, async (b, f) =>
        {
            try
            {
                await b.Load.CommitAsync(b.Node, f.Span(0, 0, PositionUnit.Byte, isWhole: true));
            }
            catch (Npgsql.PostgresException fenced) when (BatchLedger.SaysFenced(fenced))
            {
                // Refused as a whole.
            }
        }),
        .. Enum.GetValues<ClaimEnd>().Select(end => (nameof(FileTransitions.End), end.ToStatus(),
            (Act)((b, f) => b.Node.Files.EndClaimAsync(f, end, "because", TimeSpan.Zero, Stop)))),
        (nameof(FileTransitions.Repeat), FileStatus.Ignored,
            (b, f) => new ContentLedger(b.Load.Database.DataSource).SkipAsync(f, f.FileId, [1], "same", Stop)),
        (nameof(FileTransitions.Lose), FileStatus.Ready,
            (b, f) => b.Node.Nodes.ReleaseLostClaimsAsync(b.Node.Id, TimeSpan.Zero, [], Stop)),
        (nameof(FileTransitions.Leave), FileStatus.Ready, async (b, f) =>
        {
            var leaving = await b.Load.StartNodeAsync();
            await b.ExecuteAsync($"UPDATE ingest.file SET owner_node = '{leaving.Id.Value}' WHERE file_id = {f.FileId}");
            await b.Load.EndNodeAsync(leaving);
        }),
        (nameof(FileTransitions.Free), FileStatus.Ready, (b, f) => b.DieAsync(f, deathsBefore: 0)),
        (nameof(FileTransitions.Free), FileStatus.Quarantined, (b, f) => b.DieAsync(f, deathsBefore: 4)),
        (nameof(FileTransitions.Undo), FileStatus.Ignored, async (b, f) =>
        {
            await b.ExecuteAsync(
                $"""
                INSERT INTO public.corrupt_records (raw_record, file, file_id, line, record_number, byte_offset, reason, detail,
                    pipeline)
                VALUES ('x', 'f', {f.FileId}, 1, 1, 0, 'bad_value', 'x', 'test')
                """);
            await new UndoLedger(b.Load.Database.DataSource).UndoAsync(f.FileId, [b.Load.Pipeline], new OperatorAct("ann"),
                isTrial: false, Stop);
        }),
        (nameof(FileTransitions.Hurry), FileStatus.Ready, (b, f) => b.Node.Files.MakeReadyAsync([f.FileId], Stop)),
        (nameof(FileTransitions.Return), FileStatus.Ready, async (b, f) =>
        {
            var archive = new SeenFile(f.File.Path + ".zip", 1, 1, 0, 0);
            await b.SeeAsync(archive, "ready");
            await b.ExecuteAsync(
                $"UPDATE ingest.file SET parent_id = (SELECT file_id FROM ingest.file WHERE path = '{archive.Path}') WHERE "
                    + $"file_id = {f.FileId}");
            await b.SeeAsync(archive, "ready");
        }),
    ];

    static readonly string[] New = [nameof(FileTransitions.Appear), nameof(FileTransitions.Add)];

    [Fact]
    public async Task Transition_FromEachState_HappensWhereTheTableAllowsItAndElsewhereNothingDoes()
    {
        await using var load = await LoadBench.CreateAsync(Table);
        var bench = new Bench(load, await load.StartNodeAsync());
        foreach (var (name, to, act) in Acts)
        {
            var transition = Named(name);
            transition.To.ShouldContain(to, name);
            foreach (var from in FileStatusNames.All)
            {
                var file = await PlaceAsync(bench, from);

                await act(bench, file);

                var expected = transition.From.Contains(from) ? to : from;
                (await bench.StateAsync(file)).ShouldBe(expected, $"{name} of a file that is {from.ToName()}");
                await bench.ExecuteAsync("DELETE FROM ingest.batch; DELETE FROM ingest.file");
            }
        }

        foreach (var transition in All().Where(t => !New.Contains(t.Name) && t.Name != nameof(FileTransitions.Obey)))
            Acts.Where(a => a.Transition == transition.Name).Select(a => a.To).Distinct().Order()
                .ShouldBe(transition.Value.To.Order(), transition.Name);
    }

    [Fact]
    public async Task Obey_EachVerbInEachState_BringsTheFileWhereTheVerbSaysOrNowhere()
    {
        await using var load = await LoadBench.CreateAsync(Table);
        var bench = new Bench(load, await load.StartNodeAsync());
        var operators = new OperatorLedger(load.Database.DataSource);
        var reached = new HashSet<FileStatus>();
        var left = new HashSet<FileStatus>();
        foreach (var verb in Enum.GetValues<FileVerb>())
        {
            foreach (var from in FileStatusNames.All)
            {
                var file = await PlaceAsync(bench, from);

                var result = await operators.ApplyAsync(verb, file.FileId, new OperatorAct("ann"), Stop);

                var after = await bench.StateAsync(file);
                result.Status.ShouldBe(after.ToName(), $"{verb} of a file that is {from.ToName()}");
                if (result.Outcome != VerbOutcome.Done)
                {
                    after.ShouldBe(from);
                    continue;
                }

                FileTransitions.Obey.From.ShouldContain(from, $"{verb}");
                FileTransitions.Obey.To.ShouldContain(after, $"{verb}");
                left.Add(from);
                reached.Add(after);
            }
        }

        left.Order().ShouldBe(FileTransitions.Obey.From.Order());
        reached.Order().ShouldBe(FileTransitions.Obey.To.Order());
    }

    [Fact]
    public async Task New_Versions_BeginInTheStatesOfTheTable()
    {
        await using var load = await LoadBench.CreateAsync(Table);
        var bench = new Bench(load, await load.StartNodeAsync());
        foreach (var state in FileTransitions.Appear.To)
            await bench.SeeAsync(new SeenFile($"/in/{state}", 1, 1, 0, 0), state.ToName());
        (await load.RowsAsync("SELECT status FROM ingest.file ORDER BY file_id")).ShouldBe(
            FileTransitions.Appear.To.Select(s => s.ToName()));

        var file = await PlaceAsync(bench, FileStatus.Loaded);
        var contents = new ContentLedger(load.Database.DataSource);
        await contents.AddReplacedAsync([(await contents.FindAsync(file.FileId, Stop), file.File)], Stop);
        await load.ExecuteAsync($"UPDATE ingest.file SET status = 'loaded' WHERE path = '{file.File.Path}'");
        var newest = await load.ScalarAsync<long>("SELECT max(file_id) FROM ingest.file");
        await new OperatorLedger(load.Database.DataSource).ApplyAsync(FileVerb.Replay, new FileId(newest), new OperatorAct("ann"),
            Stop, again: true);
        (await load.RowsAsync($"SELECT version, status FROM ingest.file WHERE path = '{file.File.Path}' ORDER BY version"))
            .ShouldBe(["1|loaded", "2|loaded", $"3|{FileTransitions.Add.To.Single().ToName()}"]);
    }

    /// <summary>A state in a statement is a name of <c>FileStatusSql</c>, and an assignment one of
    /// <c>FileTransitions</c>.</summary>
    [Fact]
    public void Sources_OfTheProgram_NameNoStateInSqlAndAssignNoneThemselves()
    {
        var words = new Regex($"'({string.Join('|', FileStatusNames.All.Select(s => s.ToName()))})'");
        var wrong = new List<string>();
        var updates = 0;
        foreach (var path in Directory.EnumerateFiles(Repository.Path("src"), "*.cs", SearchOption.AllDirectories))
        {
            if (Path.GetFileName(path) is "FileStatus.cs" or "FileTransitions.cs"
                || path.Contains("/obj/", StringComparison.Ordinal)) continue;
            var text = File.ReadAllText(path);
            if (words.Match(text) is { Success: true } word) wrong.Add($"{path} has {word.Value}");
            foreach (Match update in UpdateOfFile().Matches(text))
            {
                updates++;
                if (Assignment().IsMatch(update.Value)) wrong.Add($"{path} assigns a state itself: {update.Value}");
            }
        }

        wrong.ShouldBeEmpty();
        updates.ShouldBeGreaterThan(12, "the pattern does not find the statements");
    }

    [GeneratedRegex(@"UPDATE ingest\.file.*?\bWHERE\b", RegexOptions.Singleline)]
    private static partial Regex UpdateOfFile();

    [GeneratedRegex(@"(?<![.\w])status\s*=(?!=)")]
    private static partial Regex Assignment();

    static FileTransition Named(string name) => All().Single(t => t.Name == name).Value;

    static IReadOnlyList<(string Name, FileTransition Value)> All() =>
        [.. typeof(FileTransitions).GetProperties(BindingFlags.Public | BindingFlags.Static)
            .Select(p => (p.Name, (FileTransition)p.GetValue(null)!))];

    /// <summary>A file in a state, with a claim as the one in force, if one is.</summary>
    async Task<FileClaim> PlaceAsync(Bench bench, FileStatus status)
    {
        var path = $"/in/{++_files}.csv";
        var owner = status == FileStatus.Loading ? $"'{bench.Node.Id.Value}'" : "NULL";
        await bench.ExecuteAsync(
            $"""
            INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status, epoch, owner_node, claimed_at,
                next_attempt_at)
            VALUES ('test', '{path}', 0, 1, 0, 0, '{status.ToName()}', {(status == FileStatus.Loading ? 1 : 0)}, {owner},
                now() - interval '1 h',
                {(status == FileStatus.Failed ? "now() - interval '1 h'" : "NULL")})
            """);
        return new FileClaim
        {
            FileId = new FileId(await bench.Load.ScalarAsync<long>($"SELECT file_id FROM ingest.file WHERE path = '{path}'")),
            Pipeline = "test",
            File = new SeenFile(path, 0, 1, 0, 0),
            Epoch = 1,
            Owner = bench.Node.Id,
            Attempts = 0,
            Committed = [],
        };
    }

    sealed record Bench(LoadBench Load, IngestNode Node)
    {
        int _dead;

        public Task ExecuteAsync(string sql) => Load.ExecuteAsync(sql);

        public Task SeeAsync(SeenFile file, string status) => Node.Files.NoteFilesAsync("test", [file], status, null, Stop);

        public async Task<FileStatus> StateAsync(FileClaim file) =>
            FileStatusNames.Parse(await Load.ScalarAsync<string>(
                $"SELECT status FROM ingest.file WHERE file_id = {file.FileId}"));

        /// <summary>Its owner is dead.</summary>
        public async Task DieAsync(FileClaim file, int deathsBefore)
        {
            var dead = $"dead-{++_dead}";
            await ExecuteAsync(
                $"""
                INSERT INTO ingest.node (node, kind, host, pid, version, cores, memory_bytes, lanes, capacity, state, lock_key)
                VALUES ('{dead}', 'silo', 'h', 1, '1', 1, 1, 1, 1, 'dead', 1);
                UPDATE ingest.file SET owner_node = '{dead}', owner_deaths = {deathsBefore} WHERE file_id = {file.FileId}
                """);
            await Node.Nodes.FreeFilesAsync(Stop);
        }
    }
}
