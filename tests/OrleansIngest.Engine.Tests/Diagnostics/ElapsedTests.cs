using OrleansIngest.Engine.Diagnostics;

namespace OrleansIngest.Engine.Tests.Diagnostics;

public sealed class ElapsedTests
{
    [Theory]
    [InlineData(8, "8 s")]
    [InlineData(119, "119 s")]
    [InlineData(7_100, "118 min")]
    [InlineData(72_242, "20 h")]
    [InlineData(864_000, "10 d")]
    public void Length_of_time_has_the_unit_that_fits_it(int seconds, string text) =>
        Elapsed.Of(TimeSpan.FromSeconds(seconds)).ShouldBe(text);
}
