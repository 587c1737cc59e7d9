using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Ledger.Views;

public sealed class AlertViewsTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, "new old muted acknowledged")]
    [InlineData(false, "over")]
    [InlineData(null, "new old muted acknowledged over")]
    public async Task Alerts_ThatSomebodyKnowsOf_AreLast(bool? firing, string expected)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await using (var insert = database.DataSource.CreateCommand(
            """
            INSERT INTO ingest.alert (rule, pipeline, severity, message, acknowledged_at, acknowledged_by, resolved_at) VALUES
                ('drift', 'a', 'warning', 'old', NULL, NULL, NULL),
                ('drift', 'b', 'warning', 'acknowledged', now(), 'ann', NULL),
                ('drift', 'c', 'warning', 'over', NULL, NULL, now()),
                ('stalled', 'd', 'critical', 'muted', NULL, NULL, NULL),
                ('drift', 'e', 'warning', 'new', NULL, NULL, NULL);
            INSERT INTO ingest.alert_mute (pipeline, until, who) VALUES ('d', now() + interval '1 h', 'ann');
            """))
            await insert.ExecuteNonQueryAsync(Stop);
        var views = new AlertViews(database.DataSource);

        var seen = new List<string>();
        PageCursor? after = null;
        do
        {
            var page = await views.ListAsync(firing, 2, after, Stop);
            seen.AddRange(page.Items.Select(a => a.Message));
            after = page.Next is { } next && PageCursor.TryParse(next, out var cursor) ? cursor : null;
        }
        while (after is not null);

        string.Join(' ', seen).ShouldBe(expected);
    }
}
