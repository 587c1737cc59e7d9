using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Tests.Codecs;
using OrleansIngest.Engine.Tests.Formats.Excel;
using OrleansIngest.Engine.Tests.Formats.Parquet;

namespace OrleansIngest.Engine.Tests.Loading;

/// <summary>A small file of any format, encoding and compression, spoiled or not, made of a seed.</summary>
/// <param name="Name">Its name, which says what it is.</param>
/// <param name="Bytes">As stored.</param>
/// <param name="Options">How it is read.</param>
/// <param name="Records">What is in it, fields separated by bars; null where it is spoiled, or
/// nobody said how it is written.</param>
sealed record AnyInput(string Name, byte[] Bytes, PipelineOptions Options, List<string>? Records)
{
    static readonly string[] Words = ["", "a", "plain words", "x,y", "a \"quoted\" word", "line\nbreak", "Grüße", "5\" pipe", "1",
        "-2.5e3", "2026-01-02", "\t", "it's", ";", "null"];
    static readonly byte[] Telling = "\",;\n\r\\{}[]:\0 \u00FF\u001F"u8.ToArray();
    static readonly byte[] Parquet = DuckParquet.Write("SELECT i AS a, 'text ' || i AS b, i / 3.0 AS c FROM range(40) t (i)");
    static readonly byte[] Workbook = XlsxFile.Of(string.Concat(Enumerable.Range(1, 30).Select(i =>
        $"""<row><c t="inlineStr"><is><t>name {i}</t></is></c><c><v>{i}.5</v></c></row>""")));

    /// <summary>The file of a seed.</summary>
    public static AnyInput Of(int seed)
    {
        var random = new Random(seed);
        var options = new PipelineOptions
        {
            Csv = new CsvOptions { MaxRecordBytes = 2048 },
            Json = new JsonOptions { MaxRecordBytes = 2048 }
        };
        if (random.Next(100) is var rare && rare < 2)
        {
            byte[] binary = [.. rare == 0 ? Parquet : Workbook];
            if (random.Next(4) > 0) Spoil(random, ref binary);
            return new AnyInput(rare == 0 ? "f.parquet" : "f.xlsx", binary, options, null);
        }

        var records = Enumerable.Range(0, random.Next(0, 25))
            .Select(_ => new[] { Word(random), Word(random), Word(random) }).ToList();
        var (name, text) = Written(random, records, options);
        var isSpoiled = false;
        var bytes = Encoded(random, text, options);
        if (random.Next(3) == 0)
        {
            isSpoiled = true;
            Spoil(random, ref bytes);
        }

        var (packedName, packed) = Packed(random, name, bytes);
        if (random.Next(6) == 0)
        {
            isSpoiled = true;
            Spoil(random, ref packed);
        }

        var isKnown = !isSpoiled && records.Count > 0 && options.Csv.Delimiter is not null && name is "f.csv" or "f.ndjson";
        return new AnyInput(packedName, packed, options,
            isKnown ? [.. records.Select(r => string.Join('|', r.Select(v => Shown(v, name))))] : null);
    }

    static string Word(Random random) => Words[random.Next(Words.Length)];

    static string Shown(string value, string name) => value.Length == 0 && name == "f.csv" ? "." : value;

    static (string Name, string Text) Written(Random random, List<string[]> records, PipelineOptions options)
    {
        switch (random.Next(10))
        {
            case < 6:
                var isTold = random.Next(4) > 0;
                options.Format = isTold ? InputFormat.Csv : InputFormat.Auto;
                options.Csv.Delimiter = isTold ? "," : null;
                var end = random.Next(3) == 0 ? "\r\n" : "\n";
                return ("f.csv", "a,b,c" + end
                    + string.Concat(records.Select(r => string.Join(',', r.Select(v => Quoted(random, v))) + end)));
            case < 8:
                options.Format = InputFormat.Ndjson;
                return ("f.ndjson", string.Concat(records.Select(r => Json(r) + "\n")));
            case 8:
                options.Format = InputFormat.Json;
                return ("f.json", "[" + string.Join(",\n", records.Select(Json)) + "]");
            default:
                options.Format = InputFormat.Fixed;
                options.Fixed = new FixedOptions
                {
                    Columns = [new() { Name = "a", Start = 1, Width = 8 }, new() { Name = "b", Start = 9, Width = 12 },
                        new() { Name = "c", Start = 21, Width = 6 }]
                };
                return ("f.txt", string.Concat(records.Select(r => Cell(r[0], 8) + Cell(r[1], 12) + Cell(r[2], 6) + "\n")));
        }
    }

    static string Quoted(Random random, string value) =>
        random.Next(3) == 0 && value.Length > 0 || value.AsSpan().IndexOfAny(",\"\n\r") >= 0
            ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;

    static string Json(string[] record) =>
        "{" + string.Join(",", record.Select((v, i) => $"\"{(char)('a' + i)}\":{System.Text.Json.JsonSerializer.Serialize(v)}"))
            + "}";

    static string Cell(string value, int width) => value.Replace('\n', ' ').PadRight(width)[..width];

    static byte[] Encoded(Random random, string text, PipelineOptions options)
    {
        switch (random.Next(10))
        {
            case 0:
                return [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(text)];
            case 1:
                options.Encoding = "iso-8859-1";
                return Encoding.Latin1.GetBytes(text);
            case 2:
                return [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text)];
            default:
                return Encoding.UTF8.GetBytes(text);
        }
    }

    static (string Name, byte[] Bytes) Packed(Random random, string name, byte[] bytes)
    {
        switch (random.Next(16))
        {
            case < 8:
                return (name, bytes);
            case var codec and < 14:
                var kind = Compressed.Names[codec % 4];
                return (name + (kind == "brotli" ? ".br" : ".x"), Compressed.Make(kind, bytes, random.Next(20, 2000)));
            case 14:
                using (var zipped = new MemoryStream())
                {
                    using (var zip = new ZipArchive(zipped, ZipArchiveMode.Create, leaveOpen: true))
                    using (var entry = zip.CreateEntry(name).Open())
                        entry.Write(bytes);
                    return (name + ".zip", zipped.ToArray());
                }

            default:
                using (var tarred = new MemoryStream())
                {
                    using (var tar = new TarWriter(tarred, leaveOpen: true))
                        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) });
                    return (name + ".tar", tarred.ToArray());
                }
        }
    }

    static void Spoil(Random random, ref byte[] bytes)
    {
        for (var changes = random.Next(1, 4); changes > 0 && bytes.Length > 0; changes--)
        {
            var at = random.Next(bytes.Length);
            switch (random.Next(4))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes[at] = Telling[random.Next(Telling.Length)]; break;
                case 2: bytes = [.. bytes[..at], Telling[random.Next(Telling.Length)], .. bytes[at..]]; break;
                default: bytes = random.Next(3) == 0 ? bytes[..at] : [.. bytes[..at], .. bytes[(at + 1)..]]; break;
            }
        }
    }
}
