using System.Text;
using CsCheck;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Rules;

namespace OrleansIngest.Engine.Tests.Targets.Postgres.Rules;

public sealed class TextRuleTests
{
    [Fact]
    public void LengthRange_AnyText_CountsItsRunes() =>
        Gen.Select(Gen.OneOf(Gen.Const("a"), Gen.Const("ü"), Gen.Const("€"), Gen.Const("😀")).Array[0, 12], Gen.Int[0, 8],
            Gen.Int[0, 8]).Sample((parts, a, b) =>
        {
            var (low, high) = (Math.Min(a, b), Math.Max(a, b));
            var accepted = new LengthRange(low, high).Accepts(Encoding.UTF8.GetBytes(string.Concat(parts)), default);

            accepted.ShouldBe(parts.Length >= low && parts.Length <= high);
        });

    [Theory]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(100_000)]
    public void PatternMatch_TextOfAnyLength_IsMatchedToItsEnd(int length)
    {
        var rule = new PatternMatch("^(a|aa)+é$");
        var text = new string('a', length - 2) + "é";

        rule.Accepts(Encoding.UTF8.GetBytes(text), default).ShouldBeTrue();
        // would not come to an end where patterns backtrack
        rule.Accepts(Encoding.UTF8.GetBytes(text + "!"), default).ShouldBeFalse();
    }

    [Theory]
    [InlineData("t(a)", "t", "a")]
    [InlineData(" shop.t ( a ) ", "shop.t", "a")]
    [InlineData("\"My \"\"Shop\"\"\".\"T (1)\"(\"The Id\")", "\"My \"\"Shop\"\"\".\"T (1)\"", "\"The Id\"")]
    [InlineData("t", null, null)]
    [InlineData("t(a, b)", null, null)]
    [InlineData("a.b.c(d)", null, null)]
    [InlineData("t(a) WHERE (b)", null, null)]
    public void FoundIn_Text_IsTableAndColumnOrNothing(string text, string? table, string? column)
    {
        var reference = new FoundInRule { Column = "c", In = text }.Reference;

        (reference?.Table, reference?.Column).ShouldBe((table, column));
    }
}
