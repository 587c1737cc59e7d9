using OrleansIngest.Commands.Configuration;

namespace OrleansIngest.Commands.Tests.Configuration;

public sealed class JsonPlaceTests
{
    const string Text = """
        {
          // "a": in a comment
          "a": { "b": [ 1, { "c": "é", "d": [[]] }, 3 ], },
          "x": null
        }
        """;

    [Theory]
    [InlineData("a", 3, 3)]
    [InlineData("a.b", 3, 10)]
    [InlineData("a.b[0]", 3, 17)]
    [InlineData("a.b[1]", 3, 20)]
    [InlineData("a.b[1].d", 3, 32)]
    [InlineData("a.b[2]", 3, 45)]
    [InlineData("x", 4, 3)]
    [InlineData("a.b[1].e", 3, 20)]
    [InlineData("a.b[9]", 3, 10)]
    [InlineData("x.y", 4, 3)]
    [InlineData("nothing", 1, 1)]
    public void Find_Path_IsWhereItsNameOrElementBegins(string path, int line, int column) =>
        JsonPlace.Find(Text, path).ShouldBe((line, column));
}
