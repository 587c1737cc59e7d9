using OrleansIngest.Commands.Arguments;

namespace OrleansIngest.Commands.Tests.Arguments;

public sealed class TableNamesTests
{
    [Theory]
    [InlineData("orders", "public.orders", true)]
    [InlineData("Orders", "orders", true)]
    [InlineData("orders", "shop.orders", true)]        // the pipeline's own schema is loaded
    [InlineData("public.orders", "orders", true)]
    [InlineData("shop.orders", "orders", false)]       // the search_path decides what the pipeline means
    [InlineData("shop.orders", "public.orders", false)]
    [InlineData("\"Orders\"", "orders", false)]
    [InlineData("\"my.orders\"", "my.orders", false)]
    [InlineData("\"my.orders\"", "\"my.orders\"", true)]
    public void Means_Names_AreComparedAsSqlReadsThem(string asked, string configured, bool same) =>
        TableNames.Means(asked, configured).ShouldBe(same);

    [Theory]
    [InlineData("events", true)]
    [InlineData("PUBLIC.Events", true)]
    [InlineData("shop.events", false)]
    [InlineData("\"Events\"", false)]
    public void IsEvents_Name_FoldsAsSqlDoes(string table, bool isEvents) => TableNames.IsEvents(table).ShouldBe(isEvents);
}
