using System.Globalization;
using CsCheck;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Tests.Pipelines;

public sealed class ExpectedWindowTests
{
    static ExpectOptions Expect(string every, string? by, string zone = "Europe/Berlin") =>
        new() { Every = DurationText.Parse(every), By = by, TimeZone = zone };

    static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal);

    [Theory]
    // A day of the zone; in winter Berlin is one hour ahead of UTC.
    [InlineData("1d", "07:00", "2026-01-15 06:00", "2026-01-14 06:00", "2026-01-15 06:00", "2026-01-16 06:00")]
    [InlineData("1d", "07:00", "2026-01-15 05:59:59", "2026-01-13 06:00", "2026-01-14 06:00", "2026-01-15 06:00")]
    [InlineData("1d", null, "2026-01-15 12:00", "2026-01-13 23:00", "2026-01-14 23:00", "2026-01-15 23:00")]
    // The clocks go forward on 2026-03-29 at 02:00, and back on 2026-10-25 at 03:00.
    [InlineData("1d", "07:00", "2026-03-29 05:00", "2026-03-28 06:00", "2026-03-29 05:00", "2026-03-30 05:00")]
    [InlineData("1d", "02:30", "2026-03-29 12:00", "2026-03-28 01:30", "2026-03-29 01:30", "2026-03-30 00:30")]
    [InlineData("1d", "07:00", "2026-10-25 06:00", "2026-10-24 05:00", "2026-10-25 06:00", "2026-10-26 06:00")]
    [InlineData("1d", "02:30", "2026-10-25 00:30", "2026-10-24 00:30", "2026-10-25 00:30", "2026-10-26 01:30")]
    [InlineData("6h", "01:00", "2026-03-29 05:00", "2026-03-29 00:00", "2026-03-29 05:00", "2026-03-29 11:00")]
    [InlineData("1h", "00:15", "2026-01-15 10:20", "2026-01-15 09:15", "2026-01-15 10:15", "2026-01-15 11:15")]
    // Mondays.
    [InlineData("7d", "07:00", "2026-01-15 12:00", "2026-01-05 06:00", "2026-01-12 06:00", "2026-01-19 06:00")]
    public void Last_Instant_IsInItsZone(string every, string? by, string now, string start, string end, string next)
    {
        var options = Expect(every, by);

        ExpectedWindow.Last(options, At(now)).ShouldBe(new ExpectedWindow(At(start), At(end)));
        ExpectedWindow.NextEnd(options, At(now)).ShouldBe(At(next));
    }

    static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    /// <summary>Windows follow each other without gap or overlap, in whatever zone and on whatever day.</summary>
    [Fact]
    public void Windows_OfAnyYear_AreSeamless() =>
        Gen.Select(
            OneOf("1m", "15m", "1h", "6h", "1d", "7d", "30d"), OneOf<string?>(null, "00:00", "02:30", "07:00", "23:59"),
            OneOf("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"),
            Gen.Int[0, 366 * 24 * 60 * 3]).Sample((every, by, zone, minutes) =>
        {
            var options = Expect(every, by, zone);
            var now = At("2025-01-01").AddMinutes(minutes);

            var last = ExpectedWindow.Last(options, now);
            var next = ExpectedWindow.NextEnd(options, now);

            last.Start.ShouldBeLessThan(last.End);
            last.End.ShouldBeLessThanOrEqualTo(now);
            next.ShouldBeGreaterThan(now);
            ExpectedWindow.Last(options, next).ShouldBe(new ExpectedWindow(last.End, next));
        }, iter: 2000);

    [Theory]
    [InlineData("36h", null, "UTC", "expect.every")]
    [InlineData("7h", null, "UTC", "expect.every")]
    [InlineData("1d", "7 o'clock", "UTC", "expect.by")]
    [InlineData("1d", null, "Europe/Atlantis", "expect.timeZone")]
    public void Validate_WrongTerms_AreNamed(string every, string? by, string zone, string path)
    {
        var options = BuiltInPipelines.Events();
        options.Expect = Expect(every, by, zone);

        options.Validate("p").Select(p => p.Path).ShouldBe([$"p.{path}"]);
    }
}
