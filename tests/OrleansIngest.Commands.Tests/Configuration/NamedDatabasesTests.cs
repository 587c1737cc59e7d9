using CsCheck;
using OrleansIngest.Commands.Configuration;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Configuration;

public sealed class NamedDatabasesTests
{
    const string Url = "postgres://loader:secret@db2:5433/shop";

    [Theory]
    [InlineData("main", Url, "is reserved for the main database")]
    [InlineData("A shop", Url, "the name must be 1 to 63 characters, each a-z, 0-9, _ or -")]
    [InlineData("shop", "mysql://loader:topsecret@db2/shop", "is not a database URL")]
    [InlineData("shop", "postgres://loader:topsecret@db2/", "must name one database")]
    public void Check_Wrong_SaysWhatAndNoPassword(string name, string url, string expected)
    {
        var problem = NamedDatabases.Check(new Dictionary<string, string> { [name] = url }).ShouldHaveSingleItem();

        problem.Path.ShouldBe($"databases.{name}");
        problem.Message.ShouldContain(expected);
        problem.Message.ShouldNotContain("secret");
    }

    [Fact]
    public void Check_WithVariables_WaitsForThem() =>
        NamedDatabases.Check(new Dictionary<string, string> { ["shop"] = "${SHOP_URL}", ["b"] = Url }).ShouldBeEmpty();

    [Theory]
    [InlineData("shpo", "did you mean shop?")]
    [InlineData("entirely-different", "known are archive, shop")]
    public void Understand_PipelineOfAnUnknownDatabase_NamesThePlaceAndANearName(string database, string expected)
    {
        using var folder = new TempDirectory();
        File.WriteAllText(Path.Combine(folder.Path, "ingest.json"), $$"""
            { "databases": { "archive": "{{Url}}", "shop": "{{Url}}" },
              "pipelines": [ { "name": "a", "watch": ["in"], "table": "t",
                "database": "{{database}}" } ] }
            """);

        var wrong = Should.Throw<CliException>(() => IngestFile.Load(null, folder.Path));

        wrong.Message.ShouldContain("ingest.json line 3, column 5: pipelines[0].database");
        wrong.Message.ShouldContain(expected);
        wrong.Message.ShouldNotContain("secret");
    }

    [Fact]
    public void Understand_PartNamesADatabaseOfTheMainFile_IsFine()
    {
        using var folder = new TempDirectory();
        File.WriteAllText(Path.Combine(folder.Path, "ingest.json"),
            $$"""{ "databases": { "shop": "{{Url}}" }, "pipelines": [] }""");
        Directory.CreateDirectory(Path.Combine(folder.Path, "ingest.d"));
        File.WriteAllText(Path.Combine(folder.Path, "ingest.d", "a.json"),
            """{ "pipelines": [ { "name": "a", "watch": ["in"], "table": "t", "database": "shop" } ] }""");

        IngestFile.Load(null, folder.Path).Pipelines.ShouldHaveSingleItem().Database.ShouldBe("shop");
    }

    [Fact]
    public void Of_Variables_AreTheWholeOrAPartThatNeedsNoEncoding()
    {
        var options = new IngestOptions
        {
            Databases = new Dictionary<string, string>
            { ["whole"] = "${SHOP_URL}", ["part"] = "postgres://loader:${SHOP_PASSWORD}@db2/shop" }
        };

        var databases = NamedDatabases.Of(options, CliRun.Surroundings("/tmp", ("SHOP_URL", Url), ("SHOP_PASSWORD", "a/b@c:d%")));

        databases["whole"].ToString().ShouldBe("postgres://loader@db2:5433/shop");
        databases["part"].Host.ShouldBe("db2");
        databases["part"].Password.ShouldBe("a/b@c:d%");
        databases["part"].ToString().ShouldNotContain("a/b");
    }

    [Fact]
    public void Of_VariableThatIsNotSet_IsNamed() =>
        Should.Throw<CliException>(() => NamedDatabases.Of(
            new IngestOptions { Databases = new Dictionary<string, string> { ["shop"] = "${SHOP_URL}" } },
            CliRun.Surroundings("/tmp")))
            .Message.ShouldBe("databases.shop: the variable SHOP_URL is set neither in the environment nor in .env");

    /// <summary>Whatever a password is, as a part before the @ or as a parameter: nothing that is shown or noted has
    /// it.</summary>
    [Fact]
    public void Settings_AnyPassword_IsNotInThem() =>
        Gen.Select(Gen.String[Gen.Char["abcXYZ0123456789@:/%#$ -_."], 6, 20], Gen.Bool).Sample((password, isParameter) =>
        {
            var written = isParameter ? Uri.EscapeDataString(password) : password;
            var url = isParameter ? $"postgres://loader@db2/shop?password={written}&sslmode=require"
                : $"postgres://loader:{written}@db2/shop";
            var options = new IngestOptions { Pipelines = [], Databases = new Dictionary<string, string> { ["shop"] = url } };

            var noted = DesiredConfiguration.Of(options, [], []).Settings.GetRawText();

            noted.ShouldNotContain(written);
            noted.ShouldContain("loader");
            noted.ShouldContain("db2/shop");
        });
}
