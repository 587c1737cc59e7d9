using System.Text.Json.Nodes;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Configuration;

public sealed class SchemaTests
{
    static string SchemaPath => Repository.Path("docs/ingest.schema.json");

    /// <summary>With INGEST_WRITE_SCHEMA=1 the file is written anew.</summary>
    [Fact]
    public void SchemaFile_OptionClasses_AreInStep()
    {
        var expected = SchemaWriter.Write();
        if (Environment.GetEnvironmentVariable("INGEST_WRITE_SCHEMA") == "1")
            File.WriteAllText(SchemaPath, expected);

        File.ReadAllText(SchemaPath).ShouldBe(expected, "run this test with INGEST_WRITE_SCHEMA=1");
    }

    [Fact]
    public void ConfigurationPage_OptionClasses_AreInStep()
    {
        var path = Repository.Path("docs/configuration.md");
        var page = File.ReadAllText(path);
        var end = page.IndexOf(ConfigurationReference.Marker, StringComparison.Ordinal)
            + ConfigurationReference.Marker.Length + 1;
        var expected = page[..end] + ConfigurationReference.Write(SchemaWriter.Write());
        if (Environment.GetEnvironmentVariable("INGEST_WRITE_SCHEMA") == "1")
            File.WriteAllText(path, expected);

        File.ReadAllText(path).ShouldBe(expected, "run this test with INGEST_WRITE_SCHEMA=1");
    }

    [Fact]
    public void Schema_EveryOption_SaysWhatItIsAndItsDefault()
    {
        var pipeline = JsonNode.Parse(SchemaWriter.Write())!["properties"]!["pipelines"]!["items"]!["properties"]!.AsObject();

        pipeline.Count.ShouldBeGreaterThan(15);
        foreach (var (name, option) in pipeline)
            option!["description"]?.GetValue<string>().ShouldContain("Default: ", Case.Sensitive, name);
        pipeline["batchBytes"]!["anyOf"]![0]!["maximum"]!.GetValue<long>().ShouldBe(256 << 20);
        pipeline["csv"]!["additionalProperties"]!.GetValue<bool>().ShouldBeFalse();
    }
}
