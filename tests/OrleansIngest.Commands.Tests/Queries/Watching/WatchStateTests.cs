using OrleansIngest.Commands.Queries.Watching;

namespace OrleansIngest.Commands.Tests.Queries.Watching;

public sealed class WatchStateTests
{
    readonly WatchState _state = new();

    [Fact]
    public void Keep_RowsArriveOrAreSorted_TheChosenRowStaysChosen()
    {
        _state.Keep(["9", "8", "7", "6"]);
        Press("jj");
        _state.Keep(["9", "8", "7", "6"]).ShouldBe(2);

        _state.Keep(["11", "10", "9", "8", "7", "6"]).ShouldBe(4); // two files have arrived
        Press("s");
        _state.Keep(["6", "7", "8", "9", "10", "11"]).ShouldBe(1);
        Press("k");
        _state.Keep(["6", "7", "8", "9", "10", "11"]).ShouldBe(0);
        _state.Keep(["5", "6", "7", "8", "9", "10", "11"]).ShouldBe(1, "6 was chosen by a key, and not the top");
    }

    [Fact]
    public void Keep_TheTopIsChosen_TheNewestRowIsTheChosenOne()
    {
        _state.Keep(["9", "8"]).ShouldBe(0);
        _state.Keep(["10", "9", "8"]).ShouldBe(0);
        Press("jg");
        _state.Keep(["11", "10", "9", "8"]).ShouldBe(0);
        _state.Keep(["12", "11", "10", "9", "8"]).ShouldBe(0);
    }

    [Fact]
    public void Keep_TheChosenRowIsGone_ChoosesTheRowAtItsPlace()
    {
        _state.Keep(["9", "8", "7"]);
        Press("j");
        _state.Keep(["9", "8", "7"]);

        _state.Keep(["9", "7"]).ShouldBe(1);
        _state.Keep(["10", "9", "7"]).ShouldBe(2); // 7 from then on
        _state.Keep([]).ShouldBe(0);
    }

    [Fact]
    public void Keep_RowsThatCannotBeToldApart_ChoosesTheNearest()
    {
        _state.Keep(["a", "b", "b", "b"]);
        Press("jj");
        _state.Keep(["a", "b", "b", "b"]).ShouldBe(2);
        _state.Keep(["a", "b", "b", "b"]).ShouldBe(2);
        _state.Keep(["b", "a", "c", "b"]).ShouldBe(3);
    }

    [Fact]
    public void Press_SearchIsCleared_TheChosenRowStaysChosen()
    {
        Press("/x\rj");
        _state.Keep(["x1", "x2"]).ShouldBe(1);
        Press("\e");

        _state.Keep(["a", "b", "x1", "c", "x2"]).ShouldBe(4);
    }

    void Press(string keys)
    {
        foreach (var key in keys)
        {
            var named = key switch { '\r' => ConsoleKey.Enter, '\e' => ConsoleKey.Escape, _ => default };
            _state.Press(new ConsoleKeyInfo(key, named, false, false, false), [0], 10);
        }
    }
}
