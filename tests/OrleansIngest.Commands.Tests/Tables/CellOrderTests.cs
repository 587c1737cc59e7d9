using OrleansIngest.Commands.Tables;

namespace OrleansIngest.Commands.Tests.Tables;

public sealed class CellOrderTests
{
    [Theory]
    [InlineData("", "0", "9", "10", "1,234,567")]
    [InlineData("9 B", "900.0 KiB", "1.1 MiB", "1.0 GiB")]
    [InlineData("850 ms", "4.2 s", "3 min", "2 h", "5 d")]
    [InlineData("2026-01-03 09:00:00", "2026-01-03 10:00:00")]
    [InlineData("", "alpha", "Beta", "gamma")]
    [InlineData("", "9%", "100%")]
    public void Compare_ValuesAsPeopleReadThem_OrdersThemAsTheyMean(params string[] ascending) =>
        ascending.Reverse().Order(CellOrder.Instance).ShouldBe(ascending);
}
