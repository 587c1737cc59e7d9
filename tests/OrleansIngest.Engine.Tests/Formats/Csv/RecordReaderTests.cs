using System.Security.Cryptography;
using System.Text;
using CsCheck;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Csv;

namespace OrleansIngest.Engine.Tests.Formats.Csv;

public sealed class RecordReaderTests
{
    static readonly string[] Breaks = ["\n", "\r\n", "\r"];

    static readonly string Letter = "\"dear all, the list:" + string.Concat(Enumerable.Range(1000, 9000).Select(i =>
        i % 100 == 0 ? $"\n{i},inner" : $"\n{i},line {i} of the letter, and so on and so forth")) + "\nregards\"";

    // Pieces that meet in every order: rows, cells with line breaks, quotes out of place, and texts beyond the parser's buffer.
    static readonly string[] Pieces =
    [
        "1,a,b\n", "2,c,d\r\n", "3,e,f\r", "4,\"g\",h\n", "5,\"i\nj\",k\n", "6,\"l\"\"m\",n\r\n",
        "7,\"open,x\n", "8,\"o\"ops,x\n", "9,5\" pipe,x\n",
        "10,\"a 5\" b\r\nc\",x\n", "\n", "\r\n", "\"", "\",", "\"\n", ",", "x\n", "12,\"p\rq\",r\r", "word ",
        "13,\"" + new string('y', 5000) + "\n14,inner,z\n\",w\n", "15," + new string('v', 5000) + ",w\r\n",
    ];

    static readonly Gen<int[]> SomePieces = Gen.Int[0, Pieces.Length - 1].Array[1, 16];

    /// <summary>The law that resuming stands on: whoever starts at a record's start, and whoever ends at one, reads the same
    /// records.</summary>
    [Fact]
    public void Read_FromOrToAnyRecord_GivesTheSameRecords() => SomePieces.Sample(
        pieces =>
        {
            using var text = new CsvText(string.Concat(pieces.Select(i => Pieces[i]))) { MaxRecordBytes = 100 };
            var all = text.Read();
            for (var i = 0; i < all.Count; i++)
            {
                text.Read(all[i].Offset, line: all[i].Line).ShouldBe(all[i..]);
                if (i > 0) text.Read(0, all[i].Offset).ShouldBe(all[..i]);
                var middle = i / 2;
                if (middle < i) text.Read(all[middle].Offset, all[i].Offset, all[middle].Line).ShouldBe(all[middle..i]);
            }
        },
        iter: 3_000, threads: 1);

    [Fact]
    public void Read_FromAnyRecordOfASpoiledFile_GivesTheSameRecords() => Gen.Int.Sample(
        seed =>
        {
            using var text = new CsvText(SpoiledText.Write(seed).Text) { Fields = SpoiledText.Fields, MaxRecordBytes = 2000 };
            var all = text.Read();
            for (var i = 0; i < all.Count; i++) text.Read(all[i].Offset, line: all[i].Line).ShouldBe(all[i..], $"seed {seed}");
            for (var i = 1; i < all.Count; i += 7) text.Read(0, all[i].Offset).ShouldBe(all[..i], $"seed {seed}");
        },
        iter: 40, threads: 1);

    [Fact]
    public void Read_AnyText_PutsEachByteIntoOneRecordWithItsLine() => SomePieces.Sample(
        pieces =>
        {
            var content = string.Concat(pieces.Select(i => Pieces[i]));
            using var text = new CsvText(content) { MaxRecordBytes = 100 };
            var at = 0;
            var line = 1;
            foreach (var record in text.Read())
            {
                record.Offset.ShouldBe(at);
                record.Line.ShouldBe(line);
                var length = record.Length > 0 ? (int)record.Length : record.Raw.Length;
                record.Raw.ShouldBe(content.Substring(at, Math.Min(length, 100)));
                line += LineBreaks(content.AsSpan(at, length));
                if (record.Length > 0) record.LastLine.ShouldBe(line);
                at += length;
                if (at == content.Length) break;
                content[at].ShouldBeOneOf('\n', '\r');
                at += content.AsSpan(at).StartsWith("\r\n") ? 2 : 1;
                line++;
            }

            at.ShouldBe(content.Length);
        },
        iter: 10_000, threads: 1);

    [Fact]
    public void Read_AnyText_ShowsEachByteToTheHash() => SomePieces.Sample(
        pieces =>
        {
            var content = string.Concat(pieces.Select(i => Pieces[i]));
            using var text = new CsvText(content) { MaxRecordBytes = 100 };
            text.Hash().ShouldBe(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
        },
        iter: 1_000, threads: 1);

    [Fact]
    public void Read_LongLine_IsOneRejectAndTheLinesAfterItKeepTheirNumbers()
    {
        foreach (var lineBreak in Breaks)
        {
            var longLine = "2," + string.Concat(Enumerable.Repeat("ab ", 100_000));
            var content = string.Join(lineBreak, "1,x", longLine, "3,z", "x,bad", "");
            using var text = new CsvText(content) { Fields = 2, MaxRecordBytes = 1 << 16 };
            var records = text.Read();
            records.Select(r => (r.Line, r.Kind)).ShouldBe(
                [(1, RecordKind.Data), (2, RecordKind.Broken), (3, RecordKind.Data), (4, RecordKind.Data)]);
            (records[1].Length, records[1].Raw.Length).ShouldBe((300_002, 1 << 16));
        }
    }

    [Fact]
    public void Read_LongCellWithLines_IsOneRejectAndTheLinesAfterItKeepTheirNumbers()
    {
        foreach (var lineBreak in Breaks)
        {
            var content = string.Join(lineBreak, "1,x", "2," + Letter.ReplaceLineEndings(lineBreak), "3,z", "4,y", "");
            using var text = new CsvText(content) { Fields = 2, MaxRecordBytes = 1 << 16 };
            var records = text.Read();
            records.Select(r => (r.Line, r.Kind)).ShouldBe(
                [(1, RecordKind.Data), (2, RecordKind.Broken), (9004, RecordKind.Data), (9005, RecordKind.Data)]);
            records[1].LastLine.ShouldBe(9003);
        }
    }

    /// <summary>Whether a record is just over the limit must not depend on where the parser's buffer ends.</summary>
    [Fact]
    public void Read_RecordsAroundTheLimit_AreJudgedByTheirLength()
    {
        var content = string.Concat(Enumerable.Range(0, 2000).Select(i => new string('x', 96 + i % 8) + "\r\n"));
        using var text = new CsvText(content) { Fields = 1, MaxRecordBytes = 100 };
        text.Read().ShouldAllBe(r => r.Kind == (r.Raw.Length == 100 && r.Length > 100 ? RecordKind.Broken : RecordKind.Data));
        text.Read().Count(r => r.Kind == RecordKind.Broken).ShouldBe(750);
    }

    static int LineBreaks(ReadOnlySpan<char> text)
    {
        var breaks = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.Length || text[i + 1] != '\n'))) breaks++;
        }

        return breaks;
    }
}
