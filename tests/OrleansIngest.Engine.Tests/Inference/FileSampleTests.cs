using OrleansIngest.Engine.Inference;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Tests.Inference;

public sealed class FileSampleTests : IDisposable
{
    readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    FileSample Read(string text, int most = 10)
    {
        File.WriteAllText(_file, text);
        return FileSample.Read(_file, new PipelineOptions { Csv = { Delimiter = null } }, most);
    }

    [Fact]
    public void Read_Csv_HasItsFirstRecordsWithTheirLines()
    {
        var sample = Read("id;name\n1;Ann\n\n2;\"\"\n3;\n", most: 3);

        (sample.Format, sample.HasLines).ShouldBe(("csv", true));
        sample.Names.ShouldBe(["id", "name"]);
        sample.Records.Select(r => r.Line).ShouldBe([2, 4, 5]);
        sample.Records[0].Values.ShouldBe(["1", "Ann"]);
        sample.Records[1].Values[1].ShouldBe("");
        sample.Records[2].Values[1].ShouldBeNull();
    }

    [Fact]
    public void Read_Json_HasTheNamesOfItsKeys()
    {
        var sample = Read("{\"id\": 1, \"name\": \"Ann\"}\n{\"id\": 2, \"name\": null}\n");

        sample.Format.ShouldBe("ndjson");
        sample.Names.ShouldBe(["id", "name"]);
        sample.Records[1].Values.ShouldBe(["2", null]);
    }

    [Fact]
    public void Read_LongValue_IsCutAndNoCharacterIsHalved()
    {
        var value = Read($"id,name\n1,a{string.Concat(Enumerable.Repeat("😀", 5000))}\n").Records[0].Values[1]!;

        value.Length.ShouldBeLessThanOrEqualTo(FileSample.LongestValue + 1);
        value.ShouldEndWith("😀…");
    }

    [Fact]
    public void Read_WhatIsNoData_SaysWhy()
    {
        File.WriteAllBytes(_file, [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);

        Should.Throw<InvalidDataException>(
            () => FileSample.Read(_file, new PipelineOptions { Csv = { Delimiter = null } }, 10)).Message.ShouldNotBeEmpty();
    }
}
