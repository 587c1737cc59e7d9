using System.Globalization;
using System.Text;
using CsCheck;
using OrleansIngest.Engine.Targets.Postgres.Encoders;

namespace OrleansIngest.Engine.Tests.Targets.Postgres.Encoders;

public sealed class DecimalFloatTests
{
    /// <summary>Digits with a point at any place, or without one.</summary>
    static Gen<string> Decimals { get; } =
        from digits in Gen.String[Gen.Char['0', '9'], 1, 19]
        from point in Gen.Int[0, 20]
        from negative in Gen.Bool
        select (negative ? "-" : "") + (point <= digits.Length ? digits.Insert(point, ".") : digits);

    /// <summary>Numbers exactly between two singles, or between two doubles, and their neighbours in the last digit.</summary>
    static Gen<string> Ties { get; } = Gen.OneOf(
        from odd in Gen.Int[1 << 23, (1 << 24) - 1]
        from shift in Gen.Int[0, 9]
        from more in Gen.Int[-1, 1]
        select Neighbour((((2L * odd) + 1) / (decimal)(1L << shift)).ToString(CultureInfo.InvariantCulture), more),
        from odd in Gen.Long[1L << 52, (1L << 53) - 1]
        from more in Gen.Int[-1, 1]
        select Neighbour(((2 * odd) + 1).ToString(CultureInfo.InvariantCulture), more),
        from odd in Gen.Long[1L << 52, (1L << 53) - 1]
        from more in Gen.Int[-1, 1]
        select Neighbour((((2 * odd) + 1) / 4m).ToString(CultureInfo.InvariantCulture), more));

    [Fact]
    public void TryDouble_AnyPlainDecimal_IsTheNearestDouble() => Gen.OneOf(Decimals, Ties).Sample(text =>
    {
        DecimalFloat.TryDouble(Encoding.UTF8.GetBytes(text), out var bits).ShouldBeTrue(text);
        bits.ShouldBe(BitConverter.DoubleToInt64Bits(double.Parse(text, CultureInfo.InvariantCulture)), text);
    }, iter: 200_000);

    [Fact]
    public void TrySingle_AnyPlainDecimal_IsTheNearestSingle() => Gen.OneOf(Decimals, Ties).Sample(text =>
    {
        DecimalFloat.TrySingle(Encoding.UTF8.GetBytes(text), out var bits).ShouldBeTrue(text);
        bits.ShouldBe(BitConverter.SingleToInt32Bits(float.Parse(text, CultureInfo.InvariantCulture)), text);
    }, iter: 200_000);

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("-.")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1..2")]
    [InlineData("1.2.")]
    [InlineData("--1")]
    [InlineData("1e5")]
    [InlineData("0x1")]
    [InlineData("NaN")]
    [InlineData("12345678901234567890")]
    [InlineData("-1234567890.1234567890")]
    public void TryDouble_AnythingElse_SaysNothing(string text)
    {
        DecimalFloat.TryDouble(Encoding.UTF8.GetBytes(text), out _).ShouldBeFalse();
        DecimalFloat.TrySingle(Encoding.UTF8.GetBytes(text), out _).ShouldBeFalse();
    }

    static string Neighbour(string number, int more)
    {
        if (more == 0) return number;
        var digits = number.Count(char.IsAsciiDigit);
        if (digits > 18) return number;
        // One more digit: a little more than the tie, or a little less.
        if (more > 0) return number + (number.Contains('.', StringComparison.Ordinal) ? "1" : ".1");
        var last = number[^1];
        return last == '0' ? number
            : number[..^1] + (char)(last - 1) + (number.Contains('.', StringComparison.Ordinal) ? "9" : ".9");
    }
}
