using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;
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
            new BulkVerb(FileVerb.Retry), new BulkChoice(new FileFilter { Statuses = ["quarantined"] }), [], new OperatorAct("ann"), isTrial: true, Stop),
    };

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
        var plans = await seeded.PlansAsync(db => ListAsync(db, new FileFilter { Sort = FileSort.Size }));

        plans.ShouldContain(p => LargeScan().IsMatch(p));
    }

    static Task ListAsync(
        NpgsqlDataSource dataSource, FileFilter filter) => new FileViews(dataSource).ListAsync(filter, 50, null, Stop);

    [GeneratedRegex(@"Seq Scan on (ingest\.|public\.)?(file|batch|corrupt_records)\b")]
    private static partial Regex LargeScan();

    /// <summary>A ledger of 30,000 files, and a data source whose sessions explain themselves.</summary>
    public sealed class Seeded : IAsyncLifetime
    {
        readonly ConcurrentQueue<string> _plans = new();
        TestDatabase _database = null!;
        NpgsqlDataSource _explaining = null!;

        public async ValueTask InitializeAsync()
        {
            _database = await TestPostgres.CreateDatabaseAsync();
            var seed = File.ReadAllText(Path.Combine(Repository.Root, "bench", "seed-history.sql"));
            // What psql alone understands: its variables.
            seed = Regex.Replace(seed, @"^\\.*$", "", RegexOptions.Multiline).Replace(":files", "30000", StringComparison.Ordinal).Replace(":rejects", "30000", StringComparison.Ordinal);
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

            var settings = new NpgsqlConnectionStringBuilder(_database.ConnectionString)
            {
                Options = "-c session_preload_libraries=auto_explain -c auto_explain.log_min_duration=0 -c auto_explain.log_level=log -c client_min_messages=log",
            };
            var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
            builder.UseLoggerFactory(new Ear(_plans));
            _explaining = builder.Build();
        }

        public async Task<IReadOnlyList<string>> PlansAsync(Func<NpgsqlDataSource, Task> ask)
        {
            _plans.Clear();
            await ask(_explaining);
            return [.. _plans];
        }

        public async ValueTask DisposeAsync()
        {
            await _explaining.DisposeAsync();
            await _database.DisposeAsync();
        }
    }

    /// <summary>Hears the server's notices, which Npgsql logs.</summary>
    sealed class Ear(ConcurrentQueue<string> plans) : ILoggerFactory, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (formatter(state, exception) is var text && text.Contains("plan:", StringComparison.Ordinal)) plans.Enqueue(text);
        }

        public void Dispose()
        {
        }
    }
}
