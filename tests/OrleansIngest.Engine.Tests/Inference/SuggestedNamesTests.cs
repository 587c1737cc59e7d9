using OrleansIngest.Engine.Inference;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Tests.Inference;

public sealed class SuggestedNamesTests
{
    [Theory]
    [InlineData("orders-2026-01-03.csv", "orders")]
    [InlineData("/data/in/Customer Orders.csv.gz", "customer_orders")]
    [InlineData("2026.csv", "table_1")]
    [InlineData("", "table_1")]
    [InlineData("x", "x")]
    public void Table_File_IsItsNameWithoutDates(string file, string table) => SuggestedNames.Table(file).ShouldBe(table);

    [Theory]
    [InlineData("public.orders", "drop-public-orders")]
    [InlineData("orders", "drop-orders")]
    public void OwnPipelineFor_PlainTable_IsReadable(string table, string pipeline) =>
        SuggestedNames.OwnPipelineFor("drop", table).ShouldBe(pipeline);

    [Fact]
    public void OwnPipelineFor_OtherTables_AreOtherPipelines()
    {
        var longest = new string('a', 63);
        string[] tables =
        [
            "public.a", "public.\"A\"", "public.\"a b\"", "public.\"a-b\"", "public.\"a.b\"", "public.a_b", "public.\"ä\"",
            "public.\"ö\"", $"public.{longest}", $"public.{longest[1..]}b",
        ];

        var names = tables.Select(table => SuggestedNames.OwnPipelineFor("drop", table)).ToArray();

        names.ShouldBeUnique();
        foreach (var name in names) new PipelineOptions
        {
            Name = name,
            Table = "t",
            Watch = ["in"]
        }.Validate("p").ShouldBeEmpty(name);
    }
}
