using CsCheck;
using OrleansIngest.Engine.Codecs;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Tests.Codecs;

/// <summary>The law of inputs for codecs: the same stored bytes decode to the same bytes at the same offsets, from wherever they
/// are read.</summary>
public sealed class CodecLawTests
{
    public static TheoryData<string> Names => [.. Compressed.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_InOrder_GivesTheWhole(string codec)
    {
        foreach (var (bytes, piece) in new[] { (0, 10), (1, 1), (300_000, 1000), (3_000_000, 3_000_000), (5_000_000, 700_001) })
        {
            var data = Compressed.Text(bytes, bytes);
            using var content = Open(codec, Compressed.Make(codec, data, piece));

            Compressed.ReadAll(content).AsSpan().SequenceEqual(data).ShouldBeTrue($"{codec}, {bytes} bytes by {piece}");
            content.Length.ShouldBe(bytes);
            content.Read(bytes, new byte[1]).ShouldBe(0);
            content.Read(bytes + 5_000_000L, new byte[1]).ShouldBe(0);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_AtAnyOffsets_GivesTheSameBytes(string codec)
    {
        var data = Compressed.Text(6_000_000, 1);
        var stored = Compressed.Make(codec, data, 450_000);
        Gen.Int[0, data.Length - 1].List[1, 12].Sample(
            offsets =>
            {
                using var content = Open(codec, stored);
                foreach (var offset in offsets) ShouldBeAt(content, data, offset);
            },
            iter: 25, threads: 1);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Open_FromAnyRestartPoint_GivesTheSameTail(string codec)
    {
        var data = Compressed.Text(9_000_000, 2);
        var stored = Compressed.Make(codec, data, 1_200_000);
        using var whole = Open(codec, stored);
        Compressed.ReadAll(whole);
        var points = Enumerable.Range(0, 90).Select(i => whole.RestartBefore(i * 100_000L)).OfType<RestartPoint>()
            .Distinct().ToArray();
        points.Length.ShouldBe(codec == "brotli" ? 0 : 7);

        foreach (var point in points)
        {
            using var content = Compressed.Codec(codec).Open(new MemoryContent(stored));
            content.Learn(point);
            var from = (int)point.Position + 12_345;
            Compressed.ReadAll(content, from).AsSpan().SequenceEqual(data.AsSpan(from)).ShouldBeTrue();
            ((DecodedContent)content).Starts.ShouldBe(1, "the restart point was not used");
            ShouldBeAt(content, data, 17); // before the point: from the beginning
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Open_FromAPointThatIsNone_DecodesFromTheBeginning(string codec)
    {
        var data = Compressed.Text(3_000_000, 3);
        using var content = Compressed.Codec(codec).Open(new MemoryContent(Compressed.Make(codec, data, 1_000_000)));

        content.Learn(new RestartPoint(1_500_000, 777));
        Compressed.ReadAll(content, 1_600_000).AsSpan().SequenceEqual(data.AsSpan(1_600_000)).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_WithinTheWindow_NeedsNoSecondDecoder(string codec)
    {
        var data = Compressed.Text(8_000_000, 4);
        using var content = Open(codec, Compressed.Make(codec, data, data.Length));
        for (var at = 0; at < data.Length; at += 50_000)
        {
            ShouldBeAt(content, data, at);
            ShouldBeAt(content, data, Math.Max(0, at - (int)content.Window + 1000));
        }

        ((DecodedContent)content).Starts.ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_OfAStreamThatIsCutOff_GivesWhatIsWholeAndSaysSo(string codec)
    {
        var data = Compressed.Text(700_000, 5);
        var stored = Compressed.Make(codec, data, 200_000);
        var pieces = Enumerable.Range(1, 3).Select(i => Compressed.Make(codec, data[..(i * 200_000)], 200_000).Length)
            .ToHashSet();
        Gen.Int[1, stored.Length - 1].Where(length => codec == "brotli" || !pieces.Contains(length)).Sample(
            length =>
            {
                using var content = Open(codec, stored[..length]);
                Decoded(content, out var failure).ShouldBe(data.AsSpan(0, (int)Read(content)).ToArray());
                failure.ShouldNotBeNull().Message.ShouldContain(length < 10 ? "" : "deliver it again");
            },
            iter: 40, threads: 1);

        static long Read(ByteContent content) => Decoded(content, out _).LongLength;
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    [InlineData("lz4")]
    public void Read_OfDamagedBytes_NeverGivesOthersSilently(string codec)
    {
        var data = Compressed.Text(400_000, 6);
        var stored = Compressed.Make(codec, data, 150_000);
        Gen.Select(Gen.Int[0, stored.Length - 1], Gen.Int[0, 7]).Sample(
            (at, bit) =>
            {
                var damaged = (byte[])stored.Clone();
                damaged[at] ^= (byte)(1 << bit);
                using var content = Open(codec, damaged);
                var decoded = Decoded(content, out var failure);
                // A flag or a time in a header may change and mean nothing; a second member that
                // is one no longer is told as a remark.
                if (failure is not null) return;
                if (((DecodedContent)content).Remark is null)
                    decoded.AsSpan().SequenceEqual(data).ShouldBeTrue($"byte {at} bit {bit}");
                else data.AsSpan().StartsWith(decoded).ShouldBeTrue($"byte {at} bit {bit}");
            },
            iter: 250, threads: 1);
    }

    static ByteContent Open(string codec, byte[] stored) => Compressed.Codec(codec).Open(new MemoryContent(stored, 30_000));

    static byte[] Decoded(ByteContent content, out BrokenContentException? failure)
    {
        using var all = new MemoryStream();
        var buffer = new byte[50_000];
        failure = null;
        try
        {
            for (int read; (read = content.Read(all.Length, buffer)) > 0;) all.Write(buffer, 0, read);
        }
        catch (BrokenContentException broken)
        {
            failure = broken;
        }

        return all.ToArray();
    }

    static void ShouldBeAt(ByteContent content, byte[] data, int offset)
    {
        var buffer = new byte[3000];
        var read = content.Read(offset, buffer);
        read.ShouldBeGreaterThan(0);
        buffer.AsSpan(0, read).SequenceEqual(data.AsSpan(offset, read)).ShouldBeTrue($"at {offset}");
    }
}
