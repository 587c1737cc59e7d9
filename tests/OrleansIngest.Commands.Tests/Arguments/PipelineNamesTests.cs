using OrleansIngest.Commands.Arguments;

namespace OrleansIngest.Commands.Tests.Arguments;

public sealed class PipelineNamesTests
{
    [Theory]
    [InlineData("ordres", "orders")]
    [InlineData("load-orders", "orders")]
    [InlineData("stock", "load-stock")]
    [InlineData("load-stok", "load-stock")]
    [InlineData("customers", null)]
    public void Meant_UnknownName_IsThatOfALoadOrOfAConfigurationOrASimilarOne(string wrong, string? meant) =>
        PipelineNames.Meant(wrong, ["load-stock", "orders"]).ShouldBe(meant);
}
