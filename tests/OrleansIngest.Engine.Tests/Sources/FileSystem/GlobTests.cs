using System.IO.Enumeration;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Tests.Sources.FileSystem;

public sealed class GlobTests
{
    [Theory]
    [InlineData("*.csv", "a.csv", true)]
    [InlineData("*.csv", ".csv", true)]
    [InlineData("*.csv", "a.csv.gz", false)]
    [InlineData("*.csv", "a.CSV", false)]
    [InlineData("*.csv", "sub/a.csv", false)]
    [InlineData("*", "", true)]
    [InlineData("a*b*c", "aXbYbZc", true)]
    [InlineData("a*b*c", "aXbYbZ", false)]
    [InlineData("?.csv", "a.csv", true)]
    [InlineData("?.csv", "🐘.csv", true)]
    [InlineData("?.csv", ".csv", false)]
    [InlineData("a?b", "a/b", false)]
    [InlineData("[a-c][!0-9].csv", "bx.csv", true)]
    [InlineData("[a-c][!0-9].csv", "b7.csv", false)]
    [InlineData("[^a].csv", "b.csv", true)]
    [InlineData("[]-].csv", "].csv", true)]
    [InlineData("[]-].csv", "-.csv", true)]
    [InlineData("[!]].csv", "].csv", false)]
    [InlineData("a[b/]c", "a/c", false)]
    [InlineData("*.{csv,tsv}", "a.tsv", true)]
    [InlineData("*.{csv,tsv}{,.gz}", "a.csv.gz", true)]
    [InlineData("*.{csv,tsv}{,.gz}", "a.txt.gz", false)]
    [InlineData("{a,b{1,2}}.csv", "b2.csv", true)]
    [InlineData("{a,b{1,2}}.csv", "b.csv", false)]
    [InlineData("[{]a.csv", "{a.csv", true)]
    [InlineData(@"\*.csv", "*.csv", true)]
    [InlineData(@"\*.csv", "a.csv", false)]
    [InlineData(@"a\{b\,c\}", "a{b,c}", true)]
    [InlineData("in/*.csv", "in/a.csv", true)]
    [InlineData("in/*.csv", "in/deep/a.csv", false)]
    [InlineData("in/**", "in/deep/a.csv", true)]
    [InlineData("in/**/a.csv", "in/a.csv", true)]
    [InlineData("in/**/a.csv", "in/x/y/a.csv", true)]
    [InlineData("in/**/a.csv", "in/x/ya.csv", false)]
    [InlineData("**/a.csv", "a.csv", true)]
    [InlineData("**/a.csv", "xa.csv", false)]
    [InlineData("**/x/**/*.csv", "1/x/2/3/b.csv", true)]
    [InlineData("**/x/**/*.csv", "1/y/2/3/b.csv", false)]
    public void IsMatch_PatternAndText_DecidesOnTheWholeText(string pattern, string text, bool expected) =>
        new Glob(pattern).IsMatch(text).ShouldBe(expected);

    [Theory]
    [InlineData("*.csv", "ORDERS.CSV", true)]
    [InlineData("Größe-*.csv", "GRÖSSE-1.csv", false)]
    [InlineData("GRÖẞE-*.csv", "größe-1.csv", false)]
    [InlineData("Żubr.csv", "żUBR.csv", true)]
    [InlineData("[a-c].csv", "B.csv", true)]
    [InlineData("[A-C].csv", "b.csv", true)]
    [InlineData("[!a-c].csv", "B.csv", false)]
    [InlineData("[_-a].csv", "^.csv", false)]
    [InlineData(@"\A.csv", "a.csv", true)]
    [InlineData("In/**/A.csv", "iN/x/a.csv", true)]
    public void IsMatch_CaseIgnored_TakesEitherCase(string pattern, string text, bool expected) =>
        new Glob(pattern, matchCase: false).IsMatch(text).ShouldBe(expected);

    [Theory]
    [InlineData("[abc", "[")]
    [InlineData("{a,b", "{")]
    [InlineData("{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}", "256")]
    public void Constructor_PatternThatCannotBeRead_SaysWhichAndWhy(string pattern, string expected)
    {
        var problem = Should.Throw<ArgumentException>(() => new Glob(pattern));
        problem.Message.ShouldContain(pattern);
        problem.Message.ShouldContain(expected);
    }

    /// <summary>.NET's own simple expressions are the specification for stars and question marks.</summary>
    [Fact]
    public void IsMatch_RandomStarsAndQuestionMarks_AgreesWithDotNet()
    {
        var random = new Random(20260501);
        for (var i = 0; i < 20_000; i++)
        {
            var pattern = RandomText(random, "ab*?", 1, 7).Replace("**", "*", StringComparison.Ordinal).Replace("**", "*",
                StringComparison.Ordinal);
            var text = RandomText(random, "ab", 1, 8);
            new Glob(pattern).IsMatch(text).ShouldBe(FileSystemName.MatchesSimpleExpression(pattern, text, ignoreCase: false),
                $"{pattern} on {text}");
        }
    }

    [Fact]
    public void IsMatch_ManyStarsOnALongName_TakesNoExponentialTime()
    {
        var glob = new Glob(string.Concat(Enumerable.Repeat("a*", 40)) + "b");
        glob.IsMatch(new string('a', 255)).ShouldBeFalse();
    }

    static string RandomText(Random random, string alphabet, int min, int max) =>
        new([.. Enumerable.Range(0, random.Next(min, max)).Select(_ => alphabet[random.Next(alphabet.Length)])]);
}
