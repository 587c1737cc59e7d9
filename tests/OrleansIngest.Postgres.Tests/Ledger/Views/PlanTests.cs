using System.Text.RegularExpressions;
using Npgsql;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Sources.FileSystem;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Ledger.Views;

/// <summary>The plans of what pages ask for first, over a ledger of many files: an index leads to the rows, nothing reads all
/// files, batches or rejects.
/// The server's own auto_explain says which plan each statement had.</summary>
public sealed partial class PlanTests(PlanTests.Seeded seeded) : IClassFixture<PlanTests.Seeded>
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Questions() => [.. Asked.Keys];

    static Dictionary<string, Func<NpgsqlDataSource, Task>> Asked { get; } = new()
    {
        ["overview"] = db => new PipelineViews(db).OverviewAsync(Stop),
        ["pipeline"] = db => new PipelineViews(db).FindAsync("events", Stop),
        ["files"] = db => ListAsync(db, new FileFilter()),
        ["files of a pipeline"] = db => ListAsync(db, new FileFilter { Pipeline = "events" }),
        ["files waiting"] = db => ListAsync(db, new FileFilter { Statuses = ["discovered", "ready"] }),
        ["files loading"] = db => ListAsync(db, new FileFilter { Statuses = ["loading"] }),
        ["files loaded"] = db => ListAsync(db, new FileFilter { Statuses = ["loaded"] }),
        ["files failed"] = db => ListAsync(db, new FileFilter { Statuses = ["failed"] }),
        ["files quarantined"] = db => ListAsync(db, new FileFilter { Statuses = ["quarantined"] }),
        ["files with rejects"] = db => ListAsync(db, new FileFilter { Statuses = ["loaded-with-rejects", "all-rejected"] }),
        ["files with rejects of a pipeline"] = db =>
            ListAsync(db, new FileFilter { Pipeline = "events", Statuses = ["loaded-with-rejects", "all-rejected"] }),
        ["files that lost every record"] = db => ListAsync(db, new FileFilter { Statuses = ["all-rejected"] }),
        ["files that vanished"] = db => ListAsync(db, new FileFilter { Statuses = ["vanished"] }),
        ["files of a node that loads"] = db => ListAsync(db, new FileFilter { Statuses = ["loading"], Node = "silo-1" }),
        ["files by their end"] = db => ListAsync(db, new FileFilter { Sort = FileSort.FinishedAt }),
        ["files by size"] = db => ListAsync(db, new FileFilter { Sort = FileSort.Size }),
        ["files by mtime, oldest first"] = db => ListAsync(db, new FileFilter { Sort = FileSort.Mtime, Descending = false }),
        ["files by rows"] = db => ListAsync(db, new FileFilter { Sort = FileSort.Rows }),
        ["files by rejected"] = db => ListAsync(db, new FileFilter { Sort = FileSort.Rejected }),
        ["files by path"] = db => ListAsync(db, new FileFilter { Sort = FileSort.Path }),
        ["files of a pipeline by path"] = db => ListAsync(db, new FileFilter { Pipeline = "events", Sort = FileSort.Path }),
        ["quarantined files by size"] = db => ListAsync(db, new FileFilter { Statuses = ["quarantined"], Sort = FileSort.Size }),
        ["counts of the tabs"] = db => new FileStateViews(db).CountAsync(new FileFilter(), Stop),
        ["counts of the tabs of a pipeline"] = db => new FileStateViews(db).CountAsync(
            new FileFilter { Pipeline = "events" }, Stop),
        ["file"] = db => new FileViews(db).DescribeAsync(new FileId(100), Stop),
        ["live files"] = db => new FileViews(db).ChangedAsync(TimeSpan.FromSeconds(5), 50, Stop),
        ["rejects"] = db => new RejectViews(db).ListAsync(new RejectFilter { Status = "open" }, 25, null, Stop),
        ["nodes"] = db => new NodeViews(db).ListAsync(Stop),
        ["node"] = db => new NodeWorkViews(db).DescribeAsync("silo-1", Stop),
        ["history"] = db => new HistoryViews(db).ListAsync(new HistoryFilter(), 50, null, Stop),
        ["history of a file"] = db => new HistoryViews(db).ListAsync(new HistoryFilter { FileId = 100 }, 50, null, Stop),
        ["alerts"] = db => new AlertViews(db).ListAsync(true, 50, null, Stop),
        ["a verb for all that are quarantined"] = db => new BulkLedger(db).ApplyAsync(
            new BulkVerb(FileVerb.Retry), new BulkChoice(new FileFilter { Statuses = ["quarantined"] }), [],
            new OperatorAct("ann"), isTrial: true, Stop),
    };

    /// <summary>What silos ask for all the time, and at their start.</summary>
    static Dictionary<string, Func<NpgsqlDataSource, Task>> Worked { get; } = new()
    {
        ["claim"] = db => new FileLedger(db) { RecentFirst = _ => true }.ClaimAsync("events", new NodeId("silo-1"), 8,
            null, Stop),
        ["claim, oldest first"] = db => new FileLedger(db).ClaimAsync("events", new NodeId("silo-1"), 8, null, Stop),
        ["files that were found"] = db => new FileLedger(db).KnownFilesAsync("events", ["/data/events/a.csv"], Stop),
        ["new files"] = db => new FileLedger(db).NoteFilesAsync("events", [new SeenFile("/a.csv", 1, 1, 1, 1)], "ready",
            null, Stop),
        ["files that wait"] = db => new FileLedger(db).OverdueAsync("events", [], Stop),
        ["files of dead nodes"] = db => new NodeLedger(db).FreeFilesAsync(Stop),
        ["silos with room"] = db => new NodeLedger(db).NodeLoadsAsync("events", null, Stop),
        ["demands"] = db => new PipelineLedger(db).DemandsAsync("events", 100, Stop),
        ["content"] = db => db.CreateCommand("SELECT ingest.same_content('events', 1000000, sha256('1'))")
            .ExecuteScalarAsync(Stop),
        ["files for a verb"] = db => new FileChoice("/data/*.csv").FindAsync(db, Stop),
        ["a verb for a file"] = db => new OperatorLedger(db).ApplyAsync(
            FileVerb.Replay, new FileId(100), new OperatorAct("ann"), Stop, again: true, isTrial: true),
    };

    public static TheoryData<string> Tasks() => [.. Worked.Keys];

    [Theory]
    [MemberData(nameof(Tasks))]
    public async Task Task_ReadsNoLargeTableFromEndToEnd(string task)
    {
        var plans = await seeded.PlansAsync(Worked[task]);

        plans.ShouldNotBeEmpty();
        plans.Where(p => LargeScan().IsMatch(p)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Questions))]
    public async Task Question_ReadsNoLargeTableFromEndToEnd(string question)
    {
        var plans = await seeded.PlansAsync(Asked[question]);

        plans.ShouldNotBeEmpty();
        plans.Where(p => LargeScan().IsMatch(p)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Plan_OfAQuestionWithoutAnIndex_WouldBeFound()
    {
        var plans = await seeded.PlansAsync(db => ListAsync(db, new FileFilter { Sort = FileSort.DurationMs }));

        plans.ShouldContain(p => LargeScan().IsMatch(p));
    }

    static Task ListAsync(
        NpgsqlDataSource dataSource, FileFilter filter) => new FileViews(dataSource).ListAsync(filter, 50, null, Stop);

    [GeneratedRegex(@"Seq Scan on (ingest\.|public\.)?(file|batch|corrupt_records)\b")]
    private static partial Regex LargeScan();

    /// <summary>A ledger of 30,000 files, and a data source whose sessions explain themselves.</summary>
    public sealed class Seeded : IAsyncLifetime
    {
        TestDatabase _database = null!;
        ExplainedPlans _plans = null!;

        public async ValueTask InitializeAsync()
        {
            _database = await TestPostgres.CreateDatabaseAsync();
            var seed = File.ReadAllText(Path.Combine(Repository.Root, "bench", "seed-history.sql"));
            // What psql alone understands: its variables.
            seed = Regex.Replace(seed, @"^\\.*$", "", RegexOptions.Multiline).Replace(":files", "30000",
                StringComparison.Ordinal).Replace(":rejects", "30000", StringComparison.Ordinal);
            seed = seed.Replace(":'root'", "'/data'", StringComparison.Ordinal);
            seed = seed.Replace("VACUUM ANALYZE;", "ANALYZE;", StringComparison.Ordinal);
            await using (var connection = await _database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken))
            {
                await using var command = new NpgsqlCommand(seed, connection) { CommandTimeout = 300 };
                await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            }

            await using (var vacuum = _database.DataSource.CreateCommand("VACUUM ANALYZE"))
            {
                vacuum.CommandTimeout = 300;
                await vacuum.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            }

            _plans = new ExplainedPlans(_database.ConnectionString);
        }

        public Task<IReadOnlyList<string>> PlansAsync(Func<NpgsqlDataSource, Task> ask) => _plans.OfAsync(ask);

        public async ValueTask DisposeAsync()
        {
            await _plans.DisposeAsync();
            await _database.DisposeAsync();
        }
    }
}
