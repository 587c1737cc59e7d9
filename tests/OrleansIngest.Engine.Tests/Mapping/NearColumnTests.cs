using OrleansIngest.Engine.Mapping;

namespace OrleansIngest.Engine.Tests.Mapping;

public sealed class NearColumnTests
{
    static readonly string[] Columns = ["id", "customer_name", "unit_price", "quantity", "größe"];

    [Theory]
    [InlineData("cust_name", "customer_name")]
    [InlineData("Customer Name", "customer_name")]
    [InlineData("CustomerName", "customer_name")]
    [InlineData("customer_nmae", "customer_name")]
    [InlineData("Unit-Price", "unit_price")]
    [InlineData("unit_prices", "unit_price")]
    [InlineData("qty", "quantity")]
    [InlineData("GRÖSSE", "größe")]
    [InlineData("grösse", "größe")]
    [InlineData("gröse", "größe")]
    [InlineData("i\u200Bd", "id")]
    [InlineData("xx", null)]
    [InlineData("nothing_alike", null)]
    [InlineData("", null)]
    public void Find_Name_IsNearOrNot(string header, string? expected) => NearColumn.Find(header, Columns).ShouldBe(expected);

    [Fact]
    public void Find_WideTable_ComparesLettersOnly()
    {
        string[] wide = [.. Enumerable.Range(0, 300).Select(i => $"column_number_{i}")];

        NearColumn.Find("Column Number 7", wide).ShouldBe("column_number_7");
        NearColumn.Find("colum_number_7", wide).ShouldBeNull();
    }
}
