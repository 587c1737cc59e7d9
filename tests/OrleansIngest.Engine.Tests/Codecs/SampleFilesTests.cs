using System.Text;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Tests.Codecs;

/// <summary>The files of <c>data/samples</c>, made by the tools of their trade (gzip, zstd, lz4, brotli, zip, tar, iconv), are
/// read as what they are.</summary>
public sealed class SampleFilesTests
{
    static readonly string Folder = Path.Combine(Root(), "data", "samples");
    static readonly byte[] Plain = File.ReadAllBytes(Path.Combine(Folder, "events.csv"));

    [Theory]
    [InlineData("events.csv", "auto", PositionUnit.Byte)]
    [InlineData("events.csv.gz", "auto", PositionUnit.DecodedByte)]
    [InlineData("events.csv.zst", "auto", PositionUnit.DecodedByte)]
    [InlineData("events.csv.lz4", "auto", PositionUnit.DecodedByte)]
    [InlineData("events.csv.br", "auto", PositionUnit.DecodedByte)]
    [InlineData("events.csv.br", "br", PositionUnit.DecodedByte)]
    [InlineData("events.csv.gz", "gzip", PositionUnit.DecodedByte)]
    [InlineData("events.utf16.csv", "auto", PositionUnit.DecodedByte)]
    public void Open_OfASample_GivesTheEvents(string name, string compression, PositionUnit unit)
    {
        using var input = OpenedInput.Open(Path.Combine(Folder, name), new PipelineOptions { Compression = compression });

        input.Refusal().ShouldBeNull();
        input.Unit.ShouldBe(unit);
        Compressed.ReadAll(input.Content).ShouldBe(Plain);
    }

    [Theory]
    [InlineData("events.zip")]
    [InlineData("events.tar.gz")]
    public void OpenMember_OfASample_GivesAPartOfTheEvents(string name)
    {
        var path = Path.Combine(Folder, name);
        using var input = OpenedInput.Open(path, new PipelineOptions());
        input.Refusal().ShouldBeNull();
        var listing = input.List();
        listing.Entries.Select(e => e.Name).ShouldBe(["events/first.csv", "events/second.csv"]);
        listing.Skipped.ShouldBe(name == "events.zip" ? ["__MACOSX/events/._first.csv: metadata of macOS"] : []);

        var text = "";
        foreach (var entry in listing.Entries)
        {
            using var member = OpenedInput.OpenMember(path, entry.Name, new PipelineOptions());
            member.Refusal().ShouldBeNull();
            member.Stored.Length.ShouldBe(entry.StoredSize);
            var part = Encoding.UTF8.GetString(Compressed.ReadAll(member.Content));
            text += text.Length == 0 ? part : part[(part.IndexOf('\n', StringComparison.Ordinal) + 1)..];
        }

        text.ShouldBe(Encoding.UTF8.GetString(Plain));
    }

    [Fact]
    public void Open_AsNotCompressed_RefusesWithAWord()
    {
        using var input = OpenedInput.Open(Path.Combine(Folder, "events.csv.gz"), new PipelineOptions { Compression = "none" });
        using var other = OpenedInput.Open(Path.Combine(Folder, "events.csv.gz"), new PipelineOptions { Compression = "zstd" });

        input.Refusal().ShouldNotBeNull().ShouldContain("compression: auto");
        other.Refusal().ShouldNotBeNull().ShouldContain("not compressed with zstd");
    }

    [Fact]
    public void Open_AFileBehindTwoCodecsAndAnEncoding_GivesItsText()
    {
        var path = Path.Combine(Path.GetTempPath(), $"ingest-{Guid.NewGuid():N}.gz");
        File.WriteAllBytes(path,
            Compressed.Make("gzip", Compressed.Make("zstd", Encoding.Unicode.GetBytes("\uFEFFa,b\n1,é\n"), 1 << 20), 1 << 20));
        try
        {
            using var input = OpenedInput.Open(path, new PipelineOptions());
            Encoding.UTF8.GetString(Compressed.ReadAll(input.Content)).ShouldBe("a,b\n1,é\n");
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public void Read_OfABomb_EndsWithBothNumbers(string codec)
    {
        using var content = Compressed.Codec(codec, Engine.Codecs.DecodeLimits.Standard)
            .Open(new MemoryContent(Compressed.Bomb(codec, new byte[96 << 20])));
        var buffer = new byte[1 << 20];

        var failure = Should.Throw<BrokenContentException>(() =>
        {
            for (long at = 0, read; (read = content.Read(at, buffer)) > 0; at += read)
            {
                // Reads on to it.
            }
        });
        failure.Message.ShouldContain("more than 200 times");
        failure.Message.ShouldContain("maxDecodedRatio");
        failure.Message.ShouldContain("67,");
    }

    [Fact]
    public void Read_OfMoreThanIsAllowed_EndsWithBothNumbers()
    {
        var text = Compressed.Text(3_000_000, 9);
        using var content = Compressed.Codec("gzip", Compressed.SmallWindow with { MaxBytes = 2_000_000 })
            .Open(new MemoryContent(Compressed.Make("gzip", text, text.Length)));

        Should.Throw<BrokenContentException>(() => Compressed.ReadAll(content)).Message.ShouldContain(
            "more than 2,000,000 bytes (maxDecodedBytes)");
    }

    static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "OrleansIngest.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
