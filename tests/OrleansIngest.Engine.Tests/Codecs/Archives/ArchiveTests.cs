using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using CsCheck;
using OrleansIngest.Engine.Codecs;
using OrleansIngest.Engine.Codecs.Archives;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Tests.Codecs.Archives;

/// <summary>What .NET packs, this reads; and what it cannot read it refuses with a word.</summary>
public sealed class ArchiveTests
{
    static readonly string[] Names = ["a.csv", "dir/b.csv", "größe.csv",
        $"{new string('d', 90)}/{new string('n', 120)}.csv", "z"];

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Fastest)]
    public void Zip_OfAnyFiles_GivesThemBack(CompressionLevel level)
    {
        Gen.Int[0, 300_000].Array[1, 5].Sample(
            sizes =>
            {
                var files = sizes.Select((size, i) => (Name: Names[i], Bytes: Compressed.Text(size, size))).ToArray();
                var zip = ZipArchiveContent.Read(new MemoryContent(Zip(level, files)));
                zip.List().Entries.Select(e => e.Name).ShouldBe(files.Select(f => f.Name));
                foreach (var (name, bytes) in files)
                {
                    var (stored, codec) = zip.Open(name, Compressed.SmallWindow);
                    using var content = codec.Open(stored);
                    Compressed.ReadAll(content).AsSpan().SequenceEqual(bytes).ShouldBeTrue(name);
                }
            },
            iter: 10, threads: 1);
    }

    [Theory]
    [InlineData(TarEntryFormat.V7)]
    [InlineData(TarEntryFormat.Ustar)]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Gnu)]
    public void Tar_OfAnyFiles_GivesThemBackInAnyOrder(TarEntryFormat format)
    {
        Gen.Int[0, 300_000].Array[1, 5].Sample(
            sizes =>
            {
                var files =
                    sizes.Select((size, i) => (Name: format is TarEntryFormat.V7 or TarEntryFormat.Ustar ? $"{i}.csv" : Names[i],
                        Bytes: Compressed.Text(size, size)))
                    .ToArray();
                var bytes = Tar(format, files);
                TarArchive.Recognizes(bytes).ShouldBeTrue();
                using var tar = new TarArchive(
                    Compressed.Codec("gzip").Open(new MemoryContent(Compressed.Make("gzip", bytes, 100_000))));
                foreach (var (name, expected) in files.Reverse())
                {
                    using var content = tar.Open(name);
                    Compressed.ReadAll(content).AsSpan().SequenceEqual(expected).ShouldBeTrue(name);
                }

                tar.List().Entries.Select(e => (e.Name, e.StoredSize)).ShouldBe(files.Select(f => (f.Name, f.Bytes.LongLength)));
            },
            iter: 10, threads: 1);
    }

    [Fact]
    public void Archive_CutOffOrDamaged_SaysSoAndNeverGivesOtherBytes()
    {
        (string, byte[])[] files = [("a.csv", Compressed.Text(40_000, 1)), ("b.csv", Compressed.Text(30_000, 2))];
        foreach (var archive in new[] { Zip(CompressionLevel.Fastest, files), Tar(TarEntryFormat.Pax, files) })
        {
            Gen.Select(Gen.Int[0, archive.Length - 1], Gen.Int[0, 8]).Sample(
                (at, bit) =>
                {
                    var bytes = bit == 8 ? archive[..at] : (byte[])archive.Clone();
                    if (bit < 8) bytes[at] ^= (byte)(1 << bit);
                    try
                    {
                        foreach (var (name, expected) in files)
                        {
                            using var content = Open(bytes, name);
                            var read = Compressed.ReadAll(content);
                            // A tar archive has no checksum of its data.
                            if (archive[0] == 'P') read.AsSpan().SequenceEqual(expected).ShouldBeTrue($"byte {at} bit {bit}");
                        }
                    }
                    catch (BrokenContentException failure)
                    {
                        failure.Message.ShouldNotBeEmpty();
                    }
                },
                iter: 300, threads: 1);
        }
    }

    [Fact]
    public void Zip_WithAnEncryptedFile_RefusesThatFileAlone()
    {
        var bytes = Zip(CompressionLevel.Fastest, [("a.csv", "x"u8.ToArray()), ("b.csv", "y"u8.ToArray())]);
        var central = bytes.AsSpan().IndexOf("PK\u0001\u0002"u8);
        bytes[central + 8] |= 1;
        var zip = ZipArchiveContent.Read(new MemoryContent(bytes));

        zip.List().Entries.Count.ShouldBe(2);
        Should.Throw<BrokenContentException>(() => zip.Open("a.csv", DecodeLimits.Standard)).Message.ShouldContain("encrypted");
        zip.Open("b.csv", DecodeLimits.Standard).Stored.Length.ShouldBe(3);
    }

    [Fact]
    public void Archive_WithHiddenFilesLinksAndDirectories_SaysWhatItSkips()
    {
        using var bytes = new MemoryStream();
        using (var writer = new TarWriter(bytes, TarEntryFormat.Pax, leaveOpen: true))
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "in/"));
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "in/a.csv")
            { DataStream = new MemoryStream("x\n"u8.ToArray()) });
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "in/.hidden")
            { DataStream = new MemoryStream("x\n"u8.ToArray()) });
            writer.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "in/link") { LinkName = "a.csv" });
        }

        using var tar = new TarArchive(new MemoryContent(bytes.ToArray()));
        var listing = tar.List();

        listing.Entries.Select(e => e.Name).ShouldBe(["in/a.csv"]);
        listing.Skipped.ShouldBe(["in/.hidden: a hidden file", "in/link: a link"]);
    }

    [Fact]
    public void Archive_WithOneNameTwice_IsRefused()
    {
        var zip = ZipArchiveContent.Read(
            new MemoryContent(Zip(CompressionLevel.Fastest, [("a.csv", "x"u8.ToArray()), ("a.csv", "y"u8.ToArray())])));

        Should.Throw<BrokenContentException>(zip.List).Message.ShouldContain("a.csv occurs twice in the archive");
    }

    [Theory]
    [InlineData("a,b\n1,2\n")]
    [InlineData("")]
    public void Recognizes_Text_IsNoArchive(string text)
    {
        var head = Encoding.UTF8.GetBytes(text.PadRight(text.Length == 0 ? 0 : 512, 'x'));
        ArchiveKinds.Of(head).ShouldBeNull();
    }

    static ByteContent Open(byte[] bytes, string name)
    {
        if (bytes.Length == 0 || bytes[0] != 'P') return new TarArchive(new MemoryContent(bytes)).Open(name);
        var (stored, codec) = ZipArchiveContent.Read(new MemoryContent(bytes)).Open(name, Compressed.SmallWindow);
        return codec.Open(stored);
    }

    static byte[] Zip(CompressionLevel level, (string Name, byte[] Bytes)[] files)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                using var entry = zip.CreateEntry(name, level).Open();
                entry.Write(content);
            }
        }

        return bytes.ToArray();
    }

    static byte[] Tar(TarEntryFormat format, (string Name, byte[] Bytes)[] files)
    {
        using var bytes = new MemoryStream();
        using (var writer = new TarWriter(bytes, format, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                TarEntry entry = format switch
                {
                    TarEntryFormat.V7 => new V7TarEntry(TarEntryType.V7RegularFile, name),
                    TarEntryFormat.Ustar => new UstarTarEntry(TarEntryType.RegularFile, name),
                    TarEntryFormat.Gnu => new GnuTarEntry(TarEntryType.RegularFile, name),
                    _ => new PaxTarEntry(TarEntryType.RegularFile, name),
                };
                entry.DataStream = new MemoryStream(content);
                writer.WriteEntry(entry);
            }
        }

        return bytes.ToArray();
    }
}
