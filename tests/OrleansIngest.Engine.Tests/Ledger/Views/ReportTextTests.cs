using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Engine.Tests.Ledger.Views;

public sealed class ReportTextTests
{
    static readonly DateTimeOffset Evening = new(2026, 11, 25, 19, 0, 0, TimeSpan.Zero);
    static readonly TimeZoneInfo Berlin = TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromHours(1), "test", "test");

    static Report Nothing { get; } = new()
    {
        From = Evening,
        To = Evening.AddHours(12),
        Text = "",
        Files = 0,
        RowsLoaded = 0,
        RowsRejected = 0,
        Bytes = 0,
        RejectFiles = 0,
        Quarantined = 0,
        StillQuarantined = 0,
        Alerts = 0,
        Firing = 0,
        Events = [],
    };

    static ReportEvent Lost(string node, int hours) =>
        new("node", Evening.AddHours(hours).AddMinutes(14), null, null, node, null, "no heartbeat");

    [Fact]
    public void Of_BadNight_SaysItInOneSentence()
    {
        var report = Nothing with
        {
            Files = 1204,
            RowsLoaded = 3_271_000,
            RowsRejected = 17,
            RejectFiles = 2,
            Quarantined = 1,
            StillQuarantined = 1,
            Events = [Lost("silo-2", 6)],
        };

        ReportText.Of(report, isUntilNow: true, Berlin)
            .ShouldBe(
                "Since 20:00: 1,204 files, 3.2 M rows, 17 rejects in 2 files, 1 file quarantined, silo-2 was lost at 02:14.");
    }

    [Theory]
    [InlineData(4, "4 files quarantined.")]
    [InlineData(1, "4 files quarantined (1 still).")]
    [InlineData(0, "4 files quarantined (none still).")]
    public void Of_QuarantinedFiles_SaysHowManyStillAre(long still, string expected) =>
        ReportText.Of(Nothing with { Quarantined = 4, StillQuarantined = still }, isUntilNow: true, Berlin)
            .ShouldBe($"Since 20:00: {expected}");

    [Fact]
    public void Of_QuietRange_SaysThatToo() =>
        ReportText.Of(Nothing with { Pipeline = "orders" }, isUntilNow: false,
            Berlin).ShouldBe("From 20:00 to 08:00, pipeline orders: nothing was loaded.");

    [Fact]
    public void Of_MoreThanADay_HasDates() =>
        ReportText.Of(Nothing with { To = Evening.AddDays(2), Files = 1, RowsLoaded = 1 }, isUntilNow: false, Berlin)
            .ShouldBe("From 2026-11-25 20:00 to 2026-11-27 20:00: 1 file, 1 row.");

    [Fact]
    public void Of_ManyNodesAlertsAndPauses_NamesSomeAndCountsTheOthers()
    {
        var report = Nothing with
        {
            Alerts = 2,
            Firing = 1,
            Events =
            [
                new("pause", Evening.AddHours(-1), null, "early", null, "ann", null), // began before the range
                new("pause", Evening.AddHours(1), null, "orders", null, "ann", null),
                .. Enumerable.Range(1, 5).Select(i => Lost($"silo-{i}", i)),
            ],
        };

        ReportText.Of(report, isUntilNow: true, Berlin).ShouldBe(
            "Since 20:00: 2 alerts (1 still firing), orders was paused at 21:00, silo-1 was lost at 21:14, silo-2 was lost at "
            + "22:14, silo-3 was lost at 23:14, and 2 other nodes.");
    }

    [Theory]
    [InlineData(999_999, "999,999 rows")]
    [InlineData(1_000_000, "1.0 M rows")]
    [InlineData(1_999_999, "1.9 M rows")]
    [InlineData(999_999_999, "999.9 M rows")]
    [InlineData(13_143_700_000, "13.1 B rows")]
    public void Of_LargeNumbers_AreNeverRoundedUp(long rows, string said) =>
        ReportText.Of(Nothing with { Files = 1, RowsLoaded = rows }, isUntilNow: true, Berlin).ShouldContain(said);
}
