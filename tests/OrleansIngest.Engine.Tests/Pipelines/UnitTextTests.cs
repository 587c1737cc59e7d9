using CsCheck;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Tests.Pipelines;

public sealed class UnitTextTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("500ms", 500)]
    [InlineData("1.5s", 1500)]
    [InlineData(" 5m ", 300_000)]
    [InlineData("2 h", 7_200_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData("2w", 1_209_600_000)]
    public void Duration_KnownForm_IsRead(string text, int milliseconds) =>
        DurationText.Parse(text).ShouldBe(TimeSpan.FromMilliseconds(milliseconds));

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("-1s")]
    [InlineData("1 week")]
    [InlineData("s")]
    [InlineData("1,5s")]
    [InlineData("99999999999d")]
    public void Duration_UnknownForm_IsRefused(string text) => DurationText.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Duration_OfWeeks_IsWrittenInDays() => DurationText.Format(TimeSpan.FromDays(14)).ShouldBe("14d");

    [Fact]
    public void Duration_FormattedAndRead_IsTheSame() =>
        Gen.Long[0, 9_999L * 86_400 * 1_000_000].Sample(us =>
        {
            var duration = TimeSpan.FromMicroseconds(us);
            return DurationText.Parse(DurationText.Format(duration)) == duration;
        });

    [Theory]
    [InlineData("4096", 4096)]
    [InlineData("64KiB", 65536)]
    [InlineData("8 MiB", 8 << 20)]
    [InlineData("1.5MB", 1_500_000)]
    [InlineData("10b", 10)]
    public void Size_KnownForm_IsRead(string text, long expected)
    {
        SizeText.TryParse(text, out var bytes).ShouldBeTrue();
        bytes.ShouldBe(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MiB")]
    [InlineData("-1")]
    [InlineData("8Mi")]
    [InlineData("99999999999TiB")]
    public void Size_UnknownForm_IsRefused(string text) => SizeText.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Size_FormattedAndRead_IsTheSame() =>
        Gen.Select(Gen.Long[0, 1 << 20], Gen.Int[0, 40]).Sample((number, shift) =>
            SizeText.TryParse(SizeText.Format(number << shift), out var bytes) && bytes == number << shift);
}
