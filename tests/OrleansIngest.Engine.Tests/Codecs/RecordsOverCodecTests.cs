using System.Text;
using CsCheck;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Engine.Tests.Formats.Csv;

namespace OrleansIngest.Engine.Tests.Codecs;

/// <summary>The law of inputs for records over codecs: those of compressed text are those of the text, and from every record on
/// the tail is the same, also where quotes are broken and where the end is not known.</summary>
public sealed class RecordsOverCodecTests
{
    static readonly CsvFormat Format = new(new CsvOptions { MaxRecordBytes = 4096 });

    public static TheoryData<string> Names => [.. Compressed.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Records_OfCompressedText_AreThoseOfTheText(string codec)
    {
        Gen.Int[0, 1_000_000].Sample(
            seed =>
            {
                var text = Encoding.UTF8.GetBytes("a,b,c,d\n" + SpoiledText.Write(seed).Text);
                var expected = Read(new Engine.Sources.MemoryContent(text), default);
                using var content = Compressed.Codec(codec,
                    null).Open(new MemoryContent(Compressed.Make(codec, text, 5000), 3000));
                Read(content, default).ShouldBe(expected);
                foreach (var at in (int[])[1, expected.Count / 3, expected.Count - 1])
                {
                    using var again = Compressed.Codec(codec, null).Open(new MemoryContent(Compressed.Make(codec, text, 5000)));
                    Read(again, expected[at]).ShouldBe(expected[at..], $"from record {at}");
                }
            },
            iter: 60, threads: 1);
    }

    [Fact]
    public void Records_WithAnOpenQuoteAndALongTail_AreReadWithoutBeginningAnewAgainAndAgain()
    {
        var rows = Enumerable.Range(0, 400_000).Select(i => i % 40_000 == 77 ? $"{i},\"open,x,y" : $"{i},name {i},x,y");
        var text = Encoding.UTF8.GetBytes("a,b,c,d\n" + string.Join('\n', rows));
        using var content = (Engine.Codecs.DecodedContent)Compressed.Codec("gzip", Engine.Codecs.DecodeLimits.Standard)
            .Open(new MemoryContent(Compressed.Make("gzip", text, text.Length)));

        Read(content, default).Count(r => r.Kind == RecordKind.Broken).ShouldBe(10);
        content.Starts.ShouldBe(1);
    }

    static List<Found> Read(ByteContent content, Found from)
    {
        var layout = Format.LayoutOf(["a", "b", "c", "d"], 4, ",");
        return Format.Open(content, layout, new PositionSpan(from.Position, PositionSpan.Open),
            new RecordPosition(1, Math.Max(1, from.Line)), new Collector());
    }

    readonly record struct Found(RecordKind Kind, long Position, long Line, string Raw);

    sealed class Collector : IRecordConsumer<List<Found>>
    {
        public List<Found> Use<TRecords>(TRecords records) where TRecords : struct, ITextRecords
        {
            using (records)
            {
                var all = new List<Found>();
                for (var kind = records.Read(); kind != RecordKind.End; kind = records.Read())
                    all.Add(new Found(kind, records.Position, records.Line, Encoding.UTF8.GetString(records.Raw)));
                return all;
            }
        }
    }
}
