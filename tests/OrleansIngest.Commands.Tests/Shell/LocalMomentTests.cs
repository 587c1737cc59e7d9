using System.Globalization;
using OrleansIngest.Commands.Shell;

namespace OrleansIngest.Commands.Tests.Shell;

public sealed class LocalMomentTests
{
    /// <summary>An hour ahead of UTC, two in summer: the clocks go from 02:00 to 03:00 on 29 March
    /// 2026, and back on 25 October.</summary>
    sealed class Terminal(string now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.Parse(now, CultureInfo.InvariantCulture);

        public override TimeZoneInfo LocalTimeZone { get; } = TimeZoneInfo.CreateCustomTimeZone(
            "test", TimeSpan.FromHours(1), "test", "winter", "summer",
            [
                TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(
                    new DateTime(2000, 1, 1), new DateTime(2100, 1, 1), TimeSpan.FromHours(1),
                    TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 2, 0, 0), 3, 5, DayOfWeek.Sunday),
                    TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 3, 0, 0), 10, 5, DayOfWeek.Sunday)),
            ]);
    }

    [Theory]
    [InlineData("12h", "2026-11-25T20:30:00Z")]
    [InlineData("20:00", "2026-11-25T19:00:00Z")]
    [InlineData("8:15", "2026-11-26T07:15:00Z")]
    [InlineData("2026-11-26", "2026-11-25T23:00:00Z")]
    [InlineData("2026-11-26 00:00", "2026-11-25T23:00:00Z")]
    [InlineData("2026-07-01T12:00", "2026-07-01T10:00:00Z")]
    [InlineData("2026-11-26T00:00:00Z", "2026-11-26T00:00:00Z")]
    [InlineData("2026-11-26T00:00:00-05:00", "2026-11-26T05:00:00Z")]
    [InlineData("2026-03-29 02:30", "2026-03-29T01:00:00Z")] // skipped by the clocks
    public void TryParse_WhatPeopleWrite_IsInTheirTimeZone(string text, string expected)
    {
        LocalMoment.TryParse(text, new Terminal("2026-11-26T08:30:00Z"), out var at).ShouldBeTrue();

        at.ShouldBe(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("25:00")]
    [InlineData("-3h")]
    public void TryParse_AnythingElse_IsRefused(string text) =>
        LocalMoment.TryParse(text, new Terminal("2026-11-26T08:30:00Z"), out _).ShouldBeFalse();
}
