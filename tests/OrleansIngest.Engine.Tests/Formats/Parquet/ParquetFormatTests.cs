using System.Text.Json.Nodes;
using CsCheck;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Parquet;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Tests.Formats.Parquet;

public sealed class ParquetFormatTests
{
    static readonly ParquetFormat Format = new();

    /// <summary>Columns of every type, a third of them NULL here and there, and how DuckDB's value looks as the text that
    /// PostgreSQL is given.</summary>
    static readonly (string Name, string Value, string AsText)[] Scalars =
    [
        ("b", "h % 2 = 0", "b::varchar"),
        ("i1", "((h % 256)::bigint - 128)::tinyint", "i1::varchar"),
        ("i2", "((h % 65536)::bigint - 32768)::smallint", "i2::varchar"),
        ("i4", "((h % 4294967296)::bigint - 2147483648)::integer", "i4::varchar"),
        ("i8", "(h::hugeint - 9223372036854775808::hugeint)::bigint", "i8::varchar"),
        ("u1", "(h % 256)::utinyint", "u1::varchar"),
        ("u2", "(h % 65536)::usmallint", "u2::varchar"),
        ("u4", "(h % 4294967296)::uinteger", "u4::varchar"),
        ("u8", "h::ubigint", "u8::varchar"),
        ("d4", "(((h % 19999)::integer - 9999) / 10000)::decimal(4, 4)", "d4::varchar"),
        ("d9", "((h % 1999999)::integer - 999999)::decimal(9, 2)", "d9::varchar"),
        ("d18", "((h % 1999999999999)::bigint - 999999999999)::decimal(18, 3)", "d18::varchar"),
        ("d38", "((h::hugeint - 9223372036854775808::hugeint) * 1000000007)::decimal(38, 10)", "d38::varchar"),
        ("r", "((h % 1000000) / 7.0)::float", "r::varchar"),
        ("f", "(h / 7.0)::double", "f::varchar"),
        ("s", "'näïve \"' || (h % 100) || chr(9) || '東京\\'", "s"),
        ("e", "(['red', 'green', 'blue'])[1 + (h % 3)::integer]::colour", "e::varchar"),
        ("u", "md5(h::varchar)::uuid", "u::varchar"),
        ("day", "date '0001-01-01' + (h % 3650000)::integer", "strftime(day, '%Y-%m-%d')"),
        ("t", "time '00:00:00' + to_microseconds((h % 86399999999)::bigint)", "t::varchar"),
        ("ts", "make_timestamp((h % 4000000000000000)::bigint - 2000000000000000)", "ts::varchar"),
        ("ts_s", "make_timestamp((h % 4000000000)::bigint * 1000000)::timestamp_s", "ts_s::varchar"),
        ("ts_ms", "make_timestamp((h % 4000000000)::bigint * 1000)::timestamp_ms", "ts_ms::varchar"),
        ("ts_ns", "make_timestamp_ns((h % 4000000000000000000)::bigint)", "ts_ns::varchar"),
        ("tz", "make_timestamptz((h % 4000000000000000)::bigint)", "tz::varchar"),
        ("j", "('{\"k\": [' || (h % 9) || ', null]}')::json", "j::varchar"),
        ("bin", "encode('x' || h || chr(233))", "'\\x' || lower(hex(bin))"),
    ];

    static readonly (string Name, string Value)[] Nested =
    [
        ("l", "case when h % 5 = 0 then [] when h % 5 = 1 then [null] else [h % 7, null, h % 11] end"),
        ("ls", "[['a\"', 'b\\'], [], null, [md5(h::varchar)]]"),
        ("st",
            "case when h % 4 = 0 then {'a': null, 'b': null} else {'a': (h % 10)::integer, 'b': {'c': 'x' || h, 'd': date "
                + "'2020-02-29'}} end"),
        ("m", "map(['k1', 'k\"2'], [h % 3, null])"),
        ("sl", "[{'p': (h % 100)::integer, 'q': [1, null]}, null, {'p': null, 'q': null}]"),
        ("deep", "{'m': map([1, 2], [[{'z': h % 2 = 0}], []])}"),
    ];

    static string Query(int rows, int seed)
    {
        var columns = Scalars.Select((c, i) => Maybe(c.Value, i, c.Name))
            .Concat(Nested.Select((c, i) => Maybe(c.Value, i + 7, c.Name)));
        return $"SELECT {string.Join(", ", columns)} FROM (SELECT i, hash(i * 1000003 + {seed}) AS h FROM range({rows}) r(i))";
    }

    static string Maybe(string value, int column, string name) =>
        $"CASE WHEN (i + {column}) % 3 = 1 THEN NULL ELSE {value} END AS {name}";

    const string Types = "CREATE TYPE colour AS ENUM ('red', 'green', 'blue')";

    [Theory]
    [InlineData("CODEC uncompressed")]
    [InlineData("CODEC snappy")]
    [InlineData("CODEC gzip")]
    [InlineData("CODEC zstd")]
    [InlineData("CODEC brotli")]
    [InlineData("CODEC lz4_raw")]
    public void Fields_OfEveryTypeAndCodec_AreWhatDuckDbReads(string options)
    {
        var file = DuckParquet.Write(Query(5_000, options.Length), options + ", ROW_GROUP_SIZE 2048", Types);
        var columns = Scalars.Select(c => c.AsText).Concat(Nested.Select(c => $"to_json({c.Name})::varchar"));
        var expected = DuckParquet.Read(file, $"SELECT {string.Join(", ", columns)} FROM FILE");

        var layout = FormatProbe.Layout(Format, new PieceContent(file)).Bound(
            [.. Scalars.Select(c => c.Name == "bin" ? FieldForm.Bytes : FieldForm.Text), .. Nested.Select(_ => FieldForm.Json)],
            []);
        var seen = FormatProbe.ReadFields(Format, new PieceContent(file), layout);

        seen.Count.ShouldBe(expected.Count);
        for (var row = 0; row < seen.Count; row++)
        {
            for (var i = 0; i < seen[row].Length; i++)
            {
                var name = i < Scalars.Length ? Scalars[i].Name : Nested[i - Scalars.Length].Name;
                if (i < Scalars.Length) Plain(name, seen[row][i]).ShouldBe(Plain(name, expected[row][i]), $"row {row}, {name}");
                else if (expected[row][i] == "." || seen[row][i] == ".")
                    seen[row][i].ShouldBe(expected[row][i], $"row {row}, {name}");
                else JsonNode.DeepEquals(JsonNode.Parse(seen[row][i]), JsonNode.Parse(expected[row][i]))
                    .ShouldBeTrue($"row {row}, {name}: {seen[row][i]} and not {expected[row][i]}");
            }
        }
    }

    /// <summary>DuckDB writes fractions of seconds without trailing zeros, and numbers with the same exponent in another
    /// form.</summary>
    static string Plain(string name, string text) => name switch
    {
        "t" or "ts" or "ts_s" or "ts_ms" or "ts_ns" or "tz" => Era(text),
        "r" => text == "." ? text : float.Parse(text, System.Globalization.CultureInfo.InvariantCulture).ToString("R",
            System.Globalization.CultureInfo.InvariantCulture),
        "f" => text == "." ? text : double.Parse(text, System.Globalization.CultureInfo.InvariantCulture).ToString("R",
            System.Globalization.CultureInfo.InvariantCulture),
        "d4" => text.Replace("0.", ".", StringComparison.Ordinal),
        "j" => text.Replace(" ", "", StringComparison.Ordinal),
        _ => text,
    };

    static string Era(string text)
    {
        var zone = text.EndsWith("+00", StringComparison.Ordinal) ? "+00" : "";
        text = text[..^zone.Length];
        return (text.Contains('.', StringComparison.Ordinal) && text != "." ? text.TrimEnd('0').TrimEnd('.') : text) + zone;
    }

    [Fact]
    public void Rows_ReopenedAtAnyBoundary_AreTheSame() => Gen.Int[0, 1_000_000].Sample(
        seed => FormatProbe.HoldToLaw(Format,
            new PieceContent(DuckParquet.Write(Query(2_100, seed), "ROW_GROUP_SIZE 2048", Types)), step: 211),
        iter: 2, threads: 1);

    [Fact]
    public void Layout_OfAFile_SaysTheTypesOfItsSchema()
    {
        var layout = FormatProbe.Layout(Format, new PieceContent(DuckParquet.Write(Query(1, 1), "", Types)));

        layout.Names.Select((name, i) => $"{name} {layout.SqlTypeOf(i, "text")}").ShouldBe(
        [
            "b boolean", "i1 smallint", "i2 smallint", "i4 integer", "i8 bigint", "u1 smallint", "u2 integer", "u4 bigint",
            "u8 numeric(20)",
            "d4 numeric(4,4)", "d9 numeric(9,2)", "d18 numeric(18,3)", "d38 numeric(38,10)", "r real", "f double precision",
            "s text", "e text", "u uuid",
            "day date", "t time", "ts timestamp", "ts_s timestamp", "ts_ms timestamp", "ts_ns timestamp", "tz timestamptz",
            "j jsonb", "bin bytea",
            "l jsonb", "ls jsonb", "st jsonb", "m jsonb", "sl jsonb", "deep jsonb",
        ]);
    }

    [Fact]
    public void Field_ForArrayColumn_IsAnArrayOfPostgres()
    {
        var file =
            DuckParquet.Write(
                "SELECT [1, null, 3] a, [['x\"', 'y\\'], ['', null]] b, [timestamp '2020-01-02 03:04:05'] c, [{'k': 1}, null] d, "
                    + "[]::int[] e");
        var layout = FormatProbe.Layout(Format, new PieceContent(file)).Bound([.. Enumerable.Repeat(FieldForm.Array, 5)], []);

        FormatProbe.ReadFields(Format, new PieceContent(file), layout).Single().ShouldBe(
            ["{1,NULL,3}", """{{"x\"","y\\"},{"",NULL}}""", "{\"2020-01-02 03:04:05\"}", """{"{\"k\":1}",NULL}""", "{}"]);
    }

    [Fact]
    public void OpenRaw_OfARow_GivesItsFieldsAgain()
    {
        var file = DuckParquet.Write(Query(300, 5), "", Types);
        var forms = Scalars.Select(_ => FieldForm.Text).Concat(Nested.Select(_ => FieldForm.Json)).ToArray();
        var layout = FormatProbe.Layout(Format, new PieceContent(file)).Bound(forms, []);
        foreach (var row in FormatProbe.Read(Format, new PieceContent(file), layout))
        {
            var again = new FormatProbe.Taker();
            Format.OpenRaw(System.Text.Encoding.UTF8.GetBytes(row.Raw), layout, again);
            again.Faults.ShouldBeEmpty(row.Raw);
            again.Records.Single().ShouldBe(again.Records[0] with { Fields = row.Fields, Kind = row.Kind, Reason = null },
                row.Raw);
        }
    }

    [Fact]
    public void File_SpoiledAnywhere_IsReadOrRefused()
    {
        var sound = DuckParquet.Write(Query(200, 3), "", Types);
        var random = new Random(20261127);
        var refused = 0;
        for (var i = 0; i < FuzzCases.Count(300); i++)
        {
            byte[] spoiled = [.. sound];
            for (var changes = random.Next(1, 5); changes > 0; changes--)
                spoiled[random.Next(4, spoiled.Length - 4)] = (byte)random.Next(256);
            try
            {
                FormatProbe.Read(Format, new PieceContent(spoiled));
            }
            catch (Exception failure) when (failure is LayoutException or BrokenContentException or IOException)
            {
                refused++;
            }
        }

        refused.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData(0, "too short")]
    [InlineData(200, "truncated")]
    public void File_CutOff_IsRefused(int length, string expected)
    {
        var file = DuckParquet.Write("SELECT 1 a, 'x' b FROM range(1000)");

        Should.Throw<LayoutException>(
            () => FormatProbe.Layout(Format, new PieceContent(file[..length]))).Message.ShouldContain(expected);
    }

    [Theory]
    [InlineData("PARE")]
    [InlineData("PAR1")]
    public void File_WithAnEncryptedFooter_IsRefused(string head)
    {
        byte[] file = [.. System.Text.Encoding.ASCII.GetBytes(head), .. new byte[50], 10, 0, 0, 0, .. "PARE"u8];

        Should.Throw<LayoutException>(() => FormatProbe.Layout(Format, new PieceContent(file))).Message.ShouldContain(
            "encrypted");
    }
}
