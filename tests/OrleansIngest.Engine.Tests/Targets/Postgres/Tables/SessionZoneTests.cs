using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Tests.Targets.Postgres.Tables;

public sealed class SessionZoneTests
{
    const long Second = 1_000_000;

    // Berlin in 2021: UTC+1, from 2021-03-28 01:00 UTC UTC+2, from 2021-10-31 01:00 UTC UTC+1.
    static readonly SessionZone Berlin = SessionZone.FromChanges(3600, [(1_616_893_200, 7200), (1_635_642_000, 3600)]);

    [Theory]
    [InlineData(2021, 3, 28, 1, 59, 59, 3600)]
    [InlineData(2021, 3, 28, 3, 0, 0, 7200)]
    [InlineData(2021, 7, 1, 12, 0, 0, 7200)]
    [InlineData(2021, 10, 31, 1, 59, 59, 7200)]
    [InlineData(2021, 10, 31, 3, 0, 0, 3600)]
    public void TryToUtc_ClockTimeThatHappensOnce_FindsItsOffset(
        int year, int month, int day, int hour, int minute, int second, int offset)
    {
        var local = Micros(year, month, day, hour, minute, second);

        Berlin.TryToUtc(local, out var utc).ShouldBeTrue();
        (local - utc).ShouldBe(offset * Second);
    }

    [Theory]
    [InlineData(2021, 3, 28, 2, 0)]
    [InlineData(2021, 3, 28, 2, 59)]
    [InlineData(2021, 10, 31, 2, 0)]
    [InlineData(2021, 10, 31, 2, 59)]
    [InlineData(1969, 12, 31, 0, 0)]
    [InlineData(2038, 1, 2, 0, 0)]
    public void TryToUtc_SkippedDoubledOrUnknownClockTime_IsLeftToTheServer(int year, int month, int day, int hour, int minute)
        => Berlin.TryToUtc(Micros(year, month, day, hour, minute, 0), out _).ShouldBeFalse();

    [Fact]
    public void TryToUtc_InUtc_HoldsForAllYears()
    {
        SessionZone.Utc.TryToUtc(long.MinValue, out var utc).ShouldBeTrue();
        utc.ShouldBe(long.MinValue);
    }

    [Theory]
    [InlineData("UTC", true)]
    [InlineData("Etc/UTC", true)]
    [InlineData("Etc/GMT+1", false)]
    [InlineData("Europe/London", false)]
    public void IsUtc_Name_IsToldFromItsNeighbours(string name, bool expected) => SessionZone.IsUtc(name).ShouldBe(expected);

    static long Micros(int year, int month, int day, int hour, int minute, int second)
        => (new DateTime(year, month, day, hour, minute, second) - new DateTime(2000, 1, 1)).Ticks / 10;
}
