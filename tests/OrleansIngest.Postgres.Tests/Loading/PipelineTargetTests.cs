using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Inference;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Loading.Drift;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources.FileSystem;
using OrleansIngest.Engine.Targets.Postgres.Commits;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Loading;

public sealed class PipelineTargetTests
{
    /// <summary>"Not more than a day ahead" means: of this file's day, not of the day on which the program was started.</summary>
    [Fact]
    public async Task PlanForAsync_ProgramRunsForDays_RulesAboutNowMoveWithTheClock()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        var time = new FakeTimeProvider(new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var health = new DatabaseHealth(NullLogger.Instance, time);
        var events = BuiltInPipelines.Events();
        var drift = new TableDrift(events, database.DataSource, health, new ColumnSuggestion(events.Csv), time);
        var target = new PipelineTarget(events, database.DataSource, health, drift, NullLogger.Instance, time);
        var dayAfterTomorrow = "2025-01-03T00:00:00Z"u8.ToArray();

        var early = await AcceptsAsync();
        time.Advance(TimeSpan.FromDays(2));
        var late = await AcceptsAsync();

        (early, late).ShouldBe((false, true));

        async Task<bool> AcceptsAsync()
        {
            var path = Path.GetTempFileName();
            try
            {
                await File.WriteAllTextAsync(path, "user_id,action,event_time\n", Encoding.UTF8);
                using var input = OpenedInput.Open(path, BuiltInPipelines.Events());
                var (plan, _) = await target.PlanForAsync(input, Claim(path, input.Stored.Length!.Value), CancellationToken.None);
                var column = Array.FindIndex(plan.Columns, candidate => candidate.Name == "event_time");
                var encoded = new byte[64];
                var length = plan.Encoders[column]!.Encode(dayAfterTomorrow, encoded);
                return plan.Rules[column].All(rule => rule.Accepts(dayAfterTomorrow, encoded.AsSpan(0, length)));
            }
            finally
            {
                File.Delete(path);
            }
        }
    }

    static FileClaim Claim(string path, long size) => new()
    {
        FileId = default,
        Pipeline = "events",
        File = new SeenFile(path, size, 0, 0, 0),
        Epoch = 1,
        Owner = new NodeId("test"),
        Attempts = 0,
        Committed = [],
    };
}
