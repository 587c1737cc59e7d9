using OrleansIngest.Engine.Alerting;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Tests.Alerting;

public sealed class AlertRulesTests
{
    static readonly DateTimeOffset Now = new(2026, 3, 2, 6, 29, 0, TimeSpan.Zero);

    static AlertFacts Facts(Action<AlertOptions>? change = null)
    {
        var options = new AlertOptions();
        change?.Invoke(options);
        return new AlertFacts { Pipeline = "shop", Options = options };
    }

    static string[] Rules(AlertFacts facts, DateTimeOffset? now = null) =>
        [.. AlertRules.Of(facts, now ?? Now).Select(c => c.Rule)];

    static TimeSpan Minutes(double minutes) => TimeSpan.FromMinutes(minutes);

    [Fact]
    public void Of_NothingToDo_IsQuiet() => Rules(Facts() with { SinceCommit = TimeSpan.FromDays(3) }).ShouldBeEmpty();

    [Theory]
    [InlineData(6.0, 6.0, true)]
    [InlineData(6.0, null, true)]    // never committed anything
    [InlineData(6.0, 1.0, false)]      // commits go on
    [InlineData(1.0, 5000.0, false)]   // a file after a quiet weekend
    [InlineData(4.9, 6.0, false)]
    public void Of_FilesWaitAndNothingIsCommitted_IsStalled(double openFor, double? sinceCommit, bool isStalled) =>
        Rules(Facts() with { Open = 3, OpenFor = Minutes(openFor), SinceCommit = sinceCommit is { } s ? Minutes(s) : null })
            .ShouldBe(isStalled ? [AlertRule.Stalled] : []);

    [Fact]
    public void Of_PausedPipeline_IsNeitherStalledNorLate() =>
        Rules(Facts() with { IsPaused = true, Open = 3, OpenFor = Minutes(600), OldestFor = Minutes(600) }).ShouldBeEmpty();

    [Theory]
    [InlineData(1000, 101, true)]
    [InlineData(1000, 100, false)]
    [InlineData(99, 99, false)] // too few to judge
    [InlineData(0, 0, false)]
    public void Of_ShareOfRejects_IsJudgedOverEnoughRecords(long records, long rejected, bool fires) =>
        Rules(Facts() with { Records = records, Rejected = rejected }).ShouldBe(fires ? [AlertRule.RejectRate] : []);

    [Fact]
    public void Of_Condition_SaysWhatItFound()
    {
        var condition = AlertRules.Of(Facts() with { Records = 1000, Rejected = 250 }, Now).Single();

        condition.Message.ShouldBe("25 % of the records of pipeline shop were rejected in the last 15 min: 250 of 1000");
        (condition.Value, condition.Threshold, condition.IsCritical).ShouldBe((25, 10, false));
    }

    [Fact]
    public void Of_FileThatLostItsRecords_SaysWhichAndHowMany()
    {
        var worst = new RejectedFile("/in/all-bad.csv", 3, 3);

        var alone = AlertRules.Of(Facts() with { RejectedFiles = 1, WorstFile = worst }, Now).Single();
        var single = AlertRules.Of(Facts() with { WorstFile = new RejectedFile("/in/one.csv", 1, 1) }, Now).Single();
        var many = AlertRules.Of(Facts() with { RejectedFiles = 3, WorstFile = worst }, Now).Single();

        alone.Message.ShouldBe("3 of 3 records of all-bad.csv (pipeline shop) are rejected");
        single.Message.ShouldBe("1 of 1 record of one.csv (pipeline shop) is rejected");
        many.Message.ShouldBe(
            "3 of 3 records of all-bad.csv (pipeline shop) are rejected, and at least 50 % of the records of 2 other files");
        (alone.Rule, alone.Value, alone.Threshold, alone.IsCritical).ShouldBe((AlertRule.RejectFile, 100, 50, true));
    }

    /// <summary>As severe as the overview shows the same condition.</summary>
    [Fact]
    public void Of_FileThatIsMissingFromItsTable_IsCritical()
    {
        AlertRules.Of(Facts() with { WorstFile = new RejectedFile("/in/half.csv", 5, 10) }, Now).Single()
            .IsCritical.ShouldBeFalse();
        AlertRules.Of(Facts() with { WorstFile = new RejectedFile("/in/all.csv", 10, 10) }, Now).Single()
            .IsCritical.ShouldBeTrue();
        AlertRules.Of(Facts() with { Quarantined = 1, NewestQuarantined = "/in/b.csv" }, Now).Single().IsCritical.ShouldBeTrue();
    }

    [Theory]
    [InlineData(1, 0, null)]
    [InlineData(1, 1, "1 file of pipeline shop is quarantined: b.csv")]
    [InlineData(1, 4, "4 files of pipeline shop are quarantined, most recently b.csv")]
    [InlineData(5, 4, null)]
    [InlineData(0, 4, null)] // switched off
    public void Of_QuarantinedFiles_AreAnAlertFromTheirThresholdOn(int threshold, long quarantined, string? message) =>
        AlertRules.Of(Facts(o => o.Quarantined = threshold) with { Quarantined = quarantined, NewestQuarantined = "/in/b.csv" },
            Now)
            .Select(c => c.Message).ShouldBe(message is null ? [] : [message]);

    [Fact]
    public void FromLedger_Rules_HoldEveryRuleThatAPipelineCanBreak()
    {
        var facts = Facts(o => o.NoFileBy = "00:00") with
        {
            Open = 1,
            OpenFor = Minutes(600),
            OldestFor = Minutes(600),
            Records = 100,
            Rejected = 100,
            CameToday = false,
            Quarantined = 1,
            RejectedFiles = 1,
            WorstFile = new RejectedFile("x", 1, 1),
            FailingDisposals = 1,
            DriftDecisions = 1,
            NewestDrift = "a new column",
            Expected = new ExpectedFiles(new ExpectedWindow(Now.AddDays(-1), Now), 0, 1, Now.AddDays(-9)),
        };

        // A rule that is missing there would never be over.
        Rules(facts).ShouldBe(AlertRules.FromLedger.Where(r => r is not (AlertRule.DeadNode or AlertRule.Configuration)),
            ignoreOrder: true);
    }

    [Fact]
    public void Of_OldFile_IsLateFromItsThresholdOn()
    {
        Rules(Facts() with { OldestFor = Minutes(59) }).ShouldBeEmpty();
        Rules(Facts() with { OldestFor = Minutes(60) }).ShouldBe([AlertRule.OldestFile]);
    }

    [Fact]
    public void Of_ThresholdsOff_AreNeverCrossed() =>
        Rules(Facts(o => (o.Stalled, o.OldestFile, o.RejectPercent) = (TimeSpan.Zero, TimeSpan.Zero, 100))
            with
        { Open = 1, OpenFor = Minutes(9e4), OldestFor = Minutes(9e4), Records = 1000, Rejected = 1000 }).ShouldBeEmpty();

    [Theory]
    [InlineData("07:30", "Europe/Berlin", false, "2026-03-02T06:29:00Z", false)] // 07:29 there
    [InlineData("07:30", "Europe/Berlin", false, "2026-03-02T06:30:00Z", true)]
    [InlineData("07:30", "Europe/Berlin", true, "2026-03-02T06:30:00Z", false)]
    [InlineData("07:30", "UTC", false, "2026-03-02T06:30:00Z", false)]
    [InlineData("07:30", "Europe/Berlin", false, "2026-07-02T05:30:00Z", true)]  // summer
    // a time that does not exist that day: due at 03:30
    [InlineData("02:30", "Europe/Berlin", false, "2026-03-29T01:29:00Z", false)]
    [InlineData("02:30", "Europe/Berlin", false, "2026-03-29T01:30:00Z", true)]
    [InlineData("23:00", "America/New_York", false, "2026-03-03T04:00:00Z", true)] // still the day before there
    public void Of_NoFileByItsTime_IsLateUntilTheDayEnds(string by, string zone, bool came, string now, bool fires) =>
        Rules(Facts(o => (o.NoFileBy, o.TimeZone) = (by, zone)) with { CameToday = came },
            DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture))
            .ShouldBe(fires ? [AlertRule.NoFileBy] : []);

    [Theory]
    [InlineData("2026-03-02T04:59:00Z", "2026-03-01T05:00:00Z")]
    [InlineData("2026-03-02T05:00:00Z", "2026-03-02T05:00:00Z")]
    public void DayOf_Instant_IsTheLocalMidnightBefore(string now, string day) =>
        AlertRules.DayOf(new AlertOptions { TimeZone = "America/New_York" },
            DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture))
            .ShouldBe(DateTimeOffset.Parse(day, System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public void Validate_WrongOptions_NamesThem()
    {
        var pipeline = new PipelineOptions
        {
            Name = "shop",
            Table = "t",
            Watch = ["in"],
            Alerts = new AlertOptions { NoFileBy = "25:00", TimeZone = "Mars/Olympus", RejectPercent = 101 }
        };

        pipeline.Validate("pipelines[0]").Select(p => p.Path)
            .ShouldBe(["pipelines[0].alerts.rejectPercent", "pipelines[0].alerts.noFileBy", "pipelines[0].alerts.timeZone"]);
        new AlertingOptions { Webhook = "ftp://x" }.Validate("alerts").Select(p => p.Path).ShouldBe(["alerts.webhook"]);
    }
}
