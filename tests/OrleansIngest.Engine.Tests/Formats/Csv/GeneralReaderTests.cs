using System.Security.Cryptography;
using System.Text;
using CsCheck;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Tests.Formats.Csv;

public sealed class GeneralReaderTests
{
    /// <summary>Where both readers can read a dialect they give the same records, fields and faults at the same places.</summary>
    [Fact]
    public void Read_CommonDialect_IsWhatTheOtherReaderReads() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            var options = new CsvOptions
            {
                Delimiter = random.Next(2) == 0 ? "," : ";",
                Header = false,
                Quotes = (QuoteReading)random.Next(2),
                MaxRecordBytes = random.Next(2) == 0 ? 30 : 1 << 20,
            };
            var content = new MemoryContent(random.Next(2) == 0 ? Dialects.Content(random, options)
                : Encoding.UTF8.GetBytes(SpoiledText.Write(seed).Text));
            var layout = new CsvFormat(options).LayoutOf([], random.Next(5), options.Delimiter!);
            if (random.Next(3) == 0) layout = layout with { FieldCount = 2, FieldsInRecord = 3 };
            RecordReader.CanRead(layout.Dialect).ShouldBeTrue();

            var span = new PositionSpan(0, content.Length!.Value);
            var start = CsvHead.StartsWithMark(new ContentBytes(content)) ? CsvHead.MarkBytes : 0;
            var general = new AllRecords().Use(
                new GeneralRecords(new GeneralReader(content, span with { Start = start }, layout, 1)));
            var common = new AllRecords().Use(new CsvRecords(new RecordReader(content, span, layout, 1)));

            general.ShouldBe(common, $"seed {seed}");
        },
        iter: 6_000, threads: 1);

    /// <summary>The law that resuming stands on, in every dialect, with a header that stops the reading, a footer and all:
    /// whoever starts at a record's start, and whoever ends at one, reads the same records; and it does not matter whether the
    /// end is known.</summary>
    [Fact]
    public void Open_AnyDialectFromOrToAnyRecord_GivesTheSameRecords() =>
        Gen.Int.Sample(SameFromAndToAnyRecord, iter: 6_000, threads: 1);

    /// <summary>A line that ends with an escape, of a record that is too long: the first line is taken, and it ends with a line
    /// break that is escaped to whoever sees no more than it.</summary>
    [Theory]
    [InlineData("\n")]
    [InlineData("\r")]
    [InlineData("\r\n")]
    public void Open_ToTheEndOfALineThatEndsWithAnEscape_GivesTheSameRecords(string lineBreak)
    {
        var options = new CsvOptions
        {
            Delimiter = ",",
            Quote = CsvOptions.NoQuote,
            Escape = '\\',
            HeaderLines = 0,
            MaxRecordBytes = 10
        };
        var bytes = Encoding.UTF8.GetBytes($"a,b{lineBreak}c\\{lineBreak}0123456789{lineBreak}d,e{lineBreak}");
        using var content = new MemoryContent(bytes);
        var all = AllRecords.Of(content, LayoutOf(options, content)!);

        all.Select(record => record.Kind).ShouldBe([RecordKind.Data, RecordKind.Broken, RecordKind.Data, RecordKind.Data]);
        AllRecords.Of(content, LayoutOf(options, content)!, 0, all[2].Position).ShouldBe(all[..2]);
    }

    /// <summary>At the end of the file an escaped line break is one.</summary>
    [Fact]
    public void Open_EndsWithAnEscapedLineBreak_IsARecord()
    {
        var options = new CsvOptions { Delimiter = ",", Quote = CsvOptions.NoQuote, Escape = '\\', HeaderLines = 0 };
        using var content = new MemoryContent("a,b\\\n"u8.ToArray());

        AllRecords.Of(content, LayoutOf(options, content)!)
            .ShouldBe([new AnyRecord(0, 1, RecordKind.Data, "a,b\\\n", "<a>|<b\n>")]);
    }

    static void SameFromAndToAnyRecord(int seed)
    {
        var random = new Random(seed);
        var options = Dialects.Of(random);
        var bytes = Dialects.Content(random, options);
        if (LayoutOf(options, new MemoryContent(bytes)) is not { } layout) return;
        using var content = new MemoryContent(bytes);
        using var endless = new EndlessContent(bytes);
        var all = AllRecords.Of(content, layout);
        AllRecords.Of(endless, LayoutOf(options, endless)!).ShouldBe(all, $"seed {seed}");
        for (var i = 0; i < all.Count; i++)
        {
            AllRecords.Of(content, LayoutOf(options, content)!, all[i].Position, line: all[i].Line).ShouldBe(all[i..],
                $"seed {seed}, from {i}");
            AllRecords.Of(endless, layout, all[i].Position, line: all[i].Line).ShouldBe(all[i..], $"seed {seed}, from {i}");
            AllRecords.Of(content, layout, all[i / 2].Position, all[i].Position, all[i / 2].Line).ShouldBe(all[(i / 2)..i],
                $"seed {seed}, to {i}");
        }
    }

    /// <summary>Nothing is lost: records and what is before them cover the file, each with the line where it stands.</summary>
    [Fact]
    public void Open_AnyDialect_PutsEachByteIntoOneRecordWithItsLine() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            var options = Dialects.Of(random);
            using var content = new MemoryContent(Dialects.Content(random, options));
            if (LayoutOf(options, content) is not { } layout) return;
            var bytes = new ContentBytes(content);
            var (at, line) = (layout.BodyStart, layout.BodyLine);
            bytes.CountBreaks(0, at).ShouldBe(at == content.Length ? bytes.CountBreaks(0, at) : line - 1, $"seed {seed}");
            foreach (var record in AllRecords.Of(content, layout))
            {
                (record.Position, record.Line).ShouldBe((at, line), $"seed {seed}");
                var next = AllRecords.Of(content, layout).Select(r => r.Position).Where(position => position > at)
                    .DefaultIfEmpty(content.Length!.Value).First();
                line += bytes.CountBreaks(at, next);
                at = next;
            }

            at.ShouldBe(content.Length!.Value, $"seed {seed}");
        },
        iter: 1_500, threads: 1);

    [Fact]
    public void Read_AnyDialect_ShowsEachByteToTheHash() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            var options = Dialects.Of(random);
            var bytes = Dialects.Content(random, options);
            using var hash = new ContentHash();
            using var content = new HashedContent(new MemoryContent(bytes), hash);
            if (LayoutOf(options, content) is not { } layout) return;
            AllRecords.Of(content, layout);
            using var empty = new MemoryContent(default);
            hash.Finish(empty, bytes.Length).ShouldBe(SHA256.HashData(bytes), $"seed {seed}");
        },
        iter: 1_500, threads: 1);

    /// <summary>Strict rules, written down once more in the plainest way.</summary>
    [Fact]
    public void Parse_AnyTextInAnyDialect_IsWhatTheModelReads() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            var options = Dialects.Of(random);
            var dialect = CsvDialect.Of(options);
            var text = Encoding.UTF8.GetString(Dialects.Text(random, options)).TrimStart('\uFEFF');
            var signs = new DialectBytes(dialect);
            var parser = new RecordParser(signs);
            var bytes = Encoding.UTF8.GetBytes(text);
            var scan = new RecordScan(new ContentBytes(new MemoryContent(bytes)), signs);
            for (int at = 0, character = 0; at < bytes.Length;)
            {
                var expected = ModelRecord.Read(text, character, dialect);
                var outcome = parser.Parse(bytes.AsSpan(at), isEnd: true);
                outcome.ShouldBe(expected is null ? ParseOutcome.Fault : ParseOutcome.Record, $"seed {seed} at {at}");
                var scanned = scan.Record(at, long.MaxValue);
                scanned.IsSound.ShouldBe(expected is not null, $"seed {seed} at {at}");
                if (expected is null) return;
                var fields = Enumerable.Range(0, parser.Fields.Count)
                    .Select(i => Encoding.UTF8.GetString(parser.Fields.Value(bytes.AsSpan(at, parser.Length), i)));
                fields.ShouldBe(expected.Fields, $"seed {seed} at {at}");
                (scanned.Fields, scanned.End).ShouldBe((parser.Fields.Count, at + parser.Length), $"seed {seed} at {at}");
                at += parser.Next;
                character = expected.Next;
                Encoding.UTF8.GetByteCount(text.AsSpan(0, character)).ShouldBe(at, $"seed {seed}");
            }
        },
        iter: 20_000, threads: 1);

    /// <summary>Where the window ends makes no difference: a record is cut at each of its bytes.</summary>
    [Fact]
    public void Parse_PartOfARecord_NeedsMoreOrIsTheSame() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            var options = Dialects.Of(random);
            var bytes = Dialects.Content(random, options);
            var parser = new RecordParser(new DialectBytes(CsvDialect.Of(options)));
            var whole = (parser.Parse(bytes, isEnd: true), parser.Length, parser.Next, parser.Fields.Count, parser.Breaks);
            for (var length = 1; length < bytes.Length; length++)
            {
                var outcome = parser.Parse(bytes.AsSpan(0, length), isEnd: false);
                if (outcome == ParseOutcome.Fault) whole.Item1.ShouldBe(ParseOutcome.Fault, $"seed {seed}, {length}");
                if (outcome == ParseOutcome.Record)
                    (outcome, parser.Length, parser.Next, parser.Fields.Count, parser.Breaks).ShouldBe(whole,
                        $"seed {seed}, {length}");
            }
        },
        iter: 3_000, threads: 1);

    [Fact]
    public void Read_SoundRecords_AllocatesTheSameHoweverManyThereAre()
    {
        var options = new CsvOptions { Delimiter = "||", Header = false, Comment = "#", NullValues = ["", "NA"], Trim = true };
        var few = new MemoryContent(Encoding.UTF8.GetBytes(
            string.Concat(Enumerable.Repeat("1||\"a\"\"b\"||NA|| x \n#c\n", 10_000))));
        var many = new MemoryContent(Encoding.UTF8.GetBytes(
            string.Concat(Enumerable.Repeat("1||\"a\"\"b\"||NA|| x \n#c\n", 40_000))));
        var layout = new CsvFormat(options).LayoutOf([], 4, "||");
        Read(many, layout);

        var first = Allocated(few, layout);
        var second = Allocated(many, layout);

        (second - first).ShouldBeLessThan(4096);
    }

    static long Allocated(MemoryContent content, CsvLayout layout)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Read(content, layout);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    static void Read(MemoryContent content, CsvLayout layout)
    {
        using var reader = new GeneralReader(content, new PositionSpan(0, content.Length!.Value), layout, 1);
        long records = 0;
        for (var kind = reader.Read(); kind != RecordKind.End; kind = reader.Read())
        {
            for (var i = 0; i < reader.FieldCount && kind == RecordKind.Data; i++) reader.Field(i);
            records++;
        }

        records.ShouldBe(content.Length!.Value / 22 * 2);
    }

    static CsvLayout? LayoutOf(CsvOptions options, ByteContent content)
    {
        try
        {
            return (CsvLayout)new CsvFormat(options).ReadLayout(content, columns: null);
        }
        catch (LayoutException)
        {
            return null; // the header is none
        }
    }
}
