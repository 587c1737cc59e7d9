using Microsoft.Extensions.Time.Testing;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Engine.Tests.Ledger;

public sealed class HeartbeatRegularityTests
{
    readonly FakeTimeProvider _time = new();
    readonly HeartbeatRegularity _regularity;

    public HeartbeatRegularityTests() => _regularity = new HeartbeatRegularity(_time);

    [Fact]
    public void One_beat_is_no_rhythm()
    {
        _regularity.IsRegular.ShouldBeFalse();
        _regularity.Beat();
        _regularity.IsRegular.ShouldBeFalse();
    }

    [Fact]
    public void Two_beats_in_time_are_one()
    {
        BeatAfter(0);
        BeatAfter(2);
        _regularity.IsRegular.ShouldBeTrue();
    }

    [Fact]
    public void A_database_that_hung_makes_it_irregular_until_the_second_beat_after()
    {
        BeatAfter(0);
        BeatAfter(2);
        _time.Advance(TimeSpan.FromSeconds(9));
        _regularity.IsRegular.ShouldBeFalse("it hangs");
        _regularity.Beat();
        _regularity.IsRegular.ShouldBeFalse("the others may not have been heard yet");
        BeatAfter(2);
        _regularity.IsRegular.ShouldBeTrue();
    }

    [Fact]
    public void SinceBeat_grows_until_the_next_beat()
    {
        _regularity.SinceBeat.ShouldBe(TimeSpan.MaxValue);
        BeatAfter(2);
        _time.Advance(TimeSpan.FromSeconds(9));
        _regularity.SinceBeat.ShouldBe(TimeSpan.FromSeconds(9));
        _regularity.Beat();
        _regularity.SinceBeat.ShouldBe(TimeSpan.Zero);
    }

    void BeatAfter(int seconds)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        _regularity.Beat();
    }
}
