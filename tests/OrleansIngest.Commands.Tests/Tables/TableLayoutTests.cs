using CsCheck;
using OrleansIngest.Commands.Tables;

namespace OrleansIngest.Commands.Tests.Tables;

public sealed class TableLayoutTests
{
    [Fact]
    public void Layout_Narrow_KeepsTheIdentifyingColumnsAndTheEndOfThePath()
    {
        var layout = new TableLayout([new("FILE", true), new("PIPELINE", Rank: 2), new("PATH", IsPath: true),
            new("WHY", Rank: 1)], [4, 10, 60, 80], 50);

        layout.Shown.ShouldBe([0, 2]);
        layout.WidthOf(2).ShouldBe(50 - 7 - 3);
    }

    [Fact]
    public void Layout_AnyTable_FitsUnlessNothingIsLeftToGive() =>
        Gen.Select(Gen.Int[0, 3], Gen.Bool, Gen.Int[1, 200]).Array[1, 10].Select(Gen.Int[20, 200]).Sample((parts, width) =>
        {
            TextColumn[] columns = [.. parts.Select((p, i) => new TextColumn($"{i}", Rank: p.Item1, IsPath: p.Item2))];
            var layout = new TableLayout(columns, [.. parts.Select(p => p.Item3)], width);
            var used = layout.Shown.Sum(i => layout.WidthOf(i) + TableLayout.Gap);
            return layout.Shown.All(i => layout.WidthOf(i) >= 1 && layout.WidthOf(i) <= parts[i].Item3)
                && used <= width;
        });

    /// <summary>An empty column tells nothing, however important it is with values.</summary>
    [Fact]
    public void Layout_EmptyColumn_GoesBeforeAnyOther()
    {
        TextColumn[] columns = ["AT", "WHO", new("PATH", Rank: 3, IsPath: true)];

        new TableLayout(columns, [19, 3, 26], 48, i => i == 1).Shown.ShouldBe([0, 2]);
        new TableLayout(columns, [19, 3, 26], 48).Shown.ShouldBe([0, 1]);
        new TableLayout(columns, [19, 3, 26], 60, i => i == 1).Shown.ShouldBe([0, 1, 2]);
    }
}
