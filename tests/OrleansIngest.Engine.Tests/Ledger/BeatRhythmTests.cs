using Microsoft.Extensions.Time.Testing;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Engine.Tests.Ledger;

public sealed class BeatRhythmTests
{
    readonly FakeTimeProvider _time = new();
    readonly BeatRhythm _rhythm;

    public BeatRhythmTests() => _rhythm = new BeatRhythm(_time);

    [Fact]
    public void One_beat_is_no_rhythm()
    {
        _rhythm.IsRegular.ShouldBeFalse();
        _rhythm.Beat();
        _rhythm.IsRegular.ShouldBeFalse();
    }

    [Fact]
    public void Two_beats_in_time_are_one()
    {
        BeatAfter(0);
        BeatAfter(2);
        _rhythm.IsRegular.ShouldBeTrue();
    }

    [Fact]
    public void A_database_that_hung_makes_it_irregular_until_the_second_beat_after()
    {
        BeatAfter(0);
        BeatAfter(2);
        _time.Advance(TimeSpan.FromSeconds(9));
        _rhythm.IsRegular.ShouldBeFalse("it hangs");
        _rhythm.Beat();
        _rhythm.IsRegular.ShouldBeFalse("the others may not have been heard yet");
        BeatAfter(2);
        _rhythm.IsRegular.ShouldBeTrue();
    }

    [Fact]
    public void SinceBeat_grows_until_the_next_beat()
    {
        _rhythm.SinceBeat.ShouldBe(TimeSpan.MaxValue);
        BeatAfter(2);
        _time.Advance(TimeSpan.FromSeconds(9));
        _rhythm.SinceBeat.ShouldBe(TimeSpan.FromSeconds(9));
        _rhythm.Beat();
        _rhythm.SinceBeat.ShouldBe(TimeSpan.Zero);
    }

    void BeatAfter(int seconds)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        _rhythm.Beat();
    }
}
