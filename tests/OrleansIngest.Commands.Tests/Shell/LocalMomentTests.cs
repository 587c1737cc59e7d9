using System.Globalization;
using Microsoft.Extensions.Time.Testing;
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
    [InlineData("2026-11-26 00:00:00Z", "2026-11-26T00:00:00Z")] // as the tables show it
    [InlineData("2026-11-26 01:02:03.456+00", "2026-11-26T01:02:03.456Z")] // as psql shows it
    [InlineData("2026-11-26 23:00", "2026-11-26T22:00:00Z")] // still to come
    [InlineData("9:30:01", "2026-11-25T08:30:01Z")] // still to come today
    [InlineData("today", "2026-11-25T23:00:00Z")]
    [InlineData("yesterday", "2026-11-24T23:00:00Z")]
    [InlineData("1w", "2026-11-19T08:30:00Z")]
    [InlineData("2026-03-29 02:30", "2026-03-29T01:00:00Z")] // skipped by the clocks
    public void TryParse_WhatPeopleWrite_IsInTheirTimeZone(string text, string expected)
    {
        LocalMoment.TryParse(text, new Terminal("2026-11-26T08:30:00Z"), out var at).ShouldBeTrue();

        at.ShouldBe(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Describe_Moment_IsLocalTimeAndUtc() =>
        LocalMoment.Describe(new DateTimeOffset(2026, 7, 1, 10, 0, 0, TimeSpan.Zero), new Terminal("2026-11-26T08:30:00Z"))
            .ShouldBe("2026-07-01 12:00:00+02:00 (2026-07-01 10:00:00Z)");

    [Fact]
    public void Describe_MomentInUtc_IsShort() =>
        LocalMoment.Describe(new DateTimeOffset(2026, 7, 1, 10, 0, 0, TimeSpan.Zero), new FakeTimeProvider())
            .ShouldBe("2026-07-01 10:00:00Z");

    [Theory]
    [InlineData("")]
    [InlineData("tomorrow")]
    [InlineData("25:00")]
    [InlineData("-3h")]
    [InlineData("1.2")]
    [InlineData("3.5")]
    [InlineData("01/02/2026")]
    [InlineData("10am")]
    [InlineData("10")]
    [InlineData("3 Jan 2026")]
    [InlineData("2026-13-01")]
    [InlineData("2026-1-3")]
    [InlineData("20260103")]
    public void TryParse_AnythingElse_IsRefused(string text) =>
        LocalMoment.TryParse(text, new Terminal("2026-11-26T08:30:00Z"), out _).ShouldBeFalse();
}
