using System.Text;
using System.Text.Json;
using CsCheck;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Json;
using OrleansIngest.Engine.Formats.Ndjson;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Tests.Formats.Ndjson;

public sealed class NdjsonFormatTests
{
    static readonly NdjsonFormat Format = new(new JsonOptions());

    // Pieces that meet in every order: values of all kinds, escapes, what is broken in every way, lines of every end.
    static readonly string[] Lines =
    [
        """{"id":1,"name":"a"}""", """{"name":"\u00e9\n\"x\"","id":-0.10e+2}""", """ { "id" : null , "name" : "" } """,
        """{"id":1e400,"more":[1,{"a":"]}"}]}""",
        """{"id":true,"name":{"a":[]}}""", "{}", "", "  \t", "[1]", "5", """{"id":1""", """{"id":1}}""", """{"id":01}""",
        """{"id":"x}""", """{"id":1,}""",
        """{"id":1,"id":2}""", """{"new":1}""", """{"ID":7}""", """{"name":"\ud800"}""", """{"name":"\ud83d\ude00"}""",
        """{"name":"\u0000"}""", """{"name":"\q"}""",
        "{\"name\":\"\u65E5\u672C\"}", "{\"name\":\"a\tb\"}", "\uFEFF{}", "nul",
        """{"name":"{new string}"}""" + new string(' ', 3000), """{"na\u006de":"k"}""",
        "{\"name\":\"" + new string('x', 5000) + "\"}",
    ];

    static readonly Gen<string> SomeText = Gen.Select(
        Gen.Int[0, Lines.Length - 1].Array[0, 20], Gen.Bool.Select(isCr => isCr ? "\r\n" : "\n"), Gen.Bool, Gen.Bool,
        (lines, end, isEnded, hasMark) => (hasMark ? "\uFEFF" : "") + """{"id":0,"name":"first","more":0}""" + end
            + string.Join(end, lines.Select(i => Lines[i])) + (isEnded ? end : ""));

    [Fact]
    public void Records_ReopenedAtAnyBoundary_AreTheSame() => Gen.Select(SomeText, Gen.Int[1, 5000], Gen.Bool).Sample(
        (text, most, knowsLength) =>
        {
            var format = new NdjsonFormat(new JsonOptions { MaxRecordBytes = 4096 });
            FormatProbe.HoldToLaw(format, new PieceContent(Encoding.UTF8.GetBytes(text), most, knowsLength));
        },
        iter: FuzzCases.Count(2_000), threads: 1);

    /// <summary>The oracle is the reader of .NET: what it takes for an object is a record, with its values.</summary>
    [Fact]
    public void Records_OfAnyLines_AreWhatTheReferenceReaderSays() => SomeText.Sample(
        text =>
        {
            var layout = JsonLayout.Of(["id", "name", "more"], new JsonOptions(), MemberPath.Root);
            var seen = FormatProbe.Read(Format, new PieceContent(Encoding.UTF8.GetBytes(text)), layout);
            foreach (var record in seen)
            {
                if (record.Kind == RecordKind.Data) record.Fields.ShouldBe(Reference(record.Raw), record.Raw);
                else if (record.Reason == RejectReason.BrokenJson) Reference(record.Raw).ShouldBeNull(record.Raw);
            }
        },
        iter: FuzzCases.Count(2_000), threads: 1);

    [Fact]
    public void Records_OfSpoiledBytes_AreSoundWhereTheReferenceReaderAgrees()
    {
        var random = new Random(20261125);
        byte[] sound = Encoding.UTF8.GetBytes("""{"id":-12.5e3,"name":"caf\u00e9 \"日本\"","more":[true,null,{"a":[1,2]}]}""");
        byte[] first = Encoding.UTF8.GetBytes("""{"id":0,"name":"","more":0}""" + "\n");
        var layout = FormatProbe.Layout(Format, new PieceContent(first));
        for (var i = 0; i < FuzzCases.Count(20_000); i++)
        {
            byte[] line = [.. sound];
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                var at = random.Next(line.Length);
                line[at] = random.Next(3) switch
                {
                    0 => (byte)random.Next(256),
                    1 => (byte)"\"\\{}[],:0 \0\n"[random.Next(12)],
                    _ => line[random.Next(line.Length)]
                };
            }

            if (line.Contains((byte)'\n')) continue;
            var record = FormatProbe.Read(Format, new PieceContent(line), layout).Single();
            var expected = Reference(Encoding.UTF8.GetString(line));
            if (record.Kind == RecordKind.Data) record.Fields.ShouldBe(expected, record.Raw);
            else if (record.Reason == RejectReason.BrokenJson) expected.ShouldBeNull(record.Raw);
        }
    }

    [Fact]
    public void Read_SoundRecords_AllocatesTheSameHoweverManyThereAre()
    {
        Allocated(Events(10)); // warm
        var few = Allocated(Events(1_000));

        Allocated(Events(50_000)).ShouldBeLessThan(few + 4096);
    }

    [Theory]
    [InlineData("""{"a":1,"b":"x"}""", "1|x")]
    [InlineData("""{"a":0.10,"b":-1E+400}""", "0.10|-1E+400")]
    [InlineData("""{"b":"","a":null}""", ".|")]
    [InlineData("""{"a":{ "k" : [1, 2] },"b":false}""", """{ "k" : [1, 2] }|false""")]
    [InlineData("""{"a":"tab\tquote\"slash\/ \u20ac \ud83d\ude00"}""", "tab\tquote\"slash/ € 😀")]
    public void Field_AnyValue_IsAsJsonTextGivesIt(string json, string expected)
    {
        var layout = JsonLayout.Of(json.Contains("\"b\"", StringComparison.Ordinal) ? ["a", "b"] : ["a"], new JsonOptions(),
            MemberPath.Root);

        FormatProbe.Read(Format, new PieceContent(Encoding.UTF8.GetBytes(json)), layout).Single().Fields.ShouldBe(expected);
    }

    [Theory]
    [InlineData("""{"a":1,"a":2}""", RejectReason.BrokenJson)]
    [InlineData("""{"a":1,"A":2}""", RejectReason.BrokenJson)]
    [InlineData("""{"zz":1}""", RejectReason.UnknownKey)]
    [InlineData("""{"a":"\u0000"}""", RejectReason.NulByte)]
    [InlineData("""{"a":"\udc00x"}""", RejectReason.InvalidUtf8)]
    [InlineData("""{"a":1} {"a":2}""", RejectReason.BrokenJson)]
    public void Record_ThatIsNone_IsRejectedAndTheNextIsRead(string bad, string reason)
    {
        var seen = FormatProbe.Read(Format, new PieceContent(Encoding.UTF8.GetBytes($"{bad}\n{{\"a\":5}}")),
            JsonLayout.Of(["a"], new JsonOptions(), MemberPath.Root));

        seen.Select(r => (r.Kind, r.Reason, r.Fields, r.Line))
            .ShouldBe([(RecordKind.Broken, reason, "", 1), (RecordKind.Data, null, "5", 2)]);
    }

    [Fact]
    public void Record_NestedTooDeeply_IsRejected()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 600)) + string.Concat(Enumerable.Repeat("]", 600));

        var seen = FormatProbe.Read(Format,
            new PieceContent(Encoding.UTF8.GetBytes($$"""{"a":1}{{'\n'}}{"a":{{deep}}}{{'\n'}}{"a":2}""")));

        seen.Select(r => r.Reason).ShouldBe([null, RejectReason.BrokenJson, null]);
    }

    [Fact]
    public void Field_ForJsonColumn_IsTheValueAsWritten()
    {
        var layout = JsonLayout.Of(["a", "b", "c"], new JsonOptions(), MemberPath.Root)
            .Bound([FieldForm.Json, FieldForm.Array, FieldForm.Unused], []);

        FormatProbe.Read(Format, new PieceContent("""{"a":"x\n","b":["q\"",null,[1,"é"],{"k":"v"}],"c":"\ud800"}"""u8.ToArray()),
            layout).Single().Fields
            .ShouldBe("""
                "x\n"|{"q\"",NULL,{1,"é"},"{\"k\":\"v\"}"}|"\ud800"
                """);
    }

    [Fact]
    public void Fields_OfAPathAndFields_AreTheValuesInside()
    {
        var format = new NdjsonFormat(new JsonOptions
        {
            Path = "$.data",
            Fields = new Dictionary<string, string> { ["city"] = "address.city", ["id"] = "id", ["address"] = "$['address']" },
        });

        FormatProbe.FieldsOf(format, """
            {"x":1,"data":{"id":7,"more":[],"address":{"city":"Ulm","zip":"1"}}}
            {"data":{"address":null}}
            {"other":{}}
            """).ShouldBe(["""Ulm|7|{"city":"Ulm","zip":"1"}""", ".|.|.", ""]);
    }

    [Fact]
    public void Layout_OfTheFirstRecords_HasTheirKeysInOrder() =>
        FormatProbe.Layout(Format, new PieceContent("{\"b\":1}\nbroken\n{\"a\":1,\"b\":2}\n"u8.ToArray())).Names.ShouldBe(
            ["b", "a"]);

    [Fact]
    public void Layout_OfNoJson_SaysWhatIsThere() =>
        Should.Throw<LayoutException>(() => FormatProbe.Layout(Format, new PieceContent("id,name\n1,a\n"u8.ToArray())))
        .Message.ShouldContain("line 1, byte 0: id,name is not a JSON object");

    [Fact]
    public void Bound_ColumnThatNoSampledRecordFills_TakesLaterKeys()
    {
        var layout = JsonLayout.Of(["a"], new JsonOptions(), MemberPath.Root).Bound([FieldForm.Text, FieldForm.Text], ["late"]);

        FormatProbe.Read(Format, new PieceContent("{\"a\":1}\n{\"late\":2}"u8.ToArray()),
            layout).Select(r => r.Fields).ShouldBe(["1|.", ".|2"]);
    }

    [Fact]
    public void OpenRaw_OfARecord_GivesItAgain()
    {
        var content = new PieceContent("{\"a\":\"\\n\"}\n{\"a\":3}"u8.ToArray());
        var layout = FormatProbe.Layout(Format, content);
        foreach (var record in FormatProbe.Read(Format, content, layout))
        {
            var again = new FormatProbe.Taker();
            Format.OpenRaw(Encoding.UTF8.GetBytes(record.Raw), layout, again);
            again.Records.Single().Fields.ShouldBe(record.Fields);
        }
    }

    static byte[] Events(int count) => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, count).Select(
        i => $$"""{"user_id":{{i}},"action":"view","product_name":"Caf\u00e9 {{i}}","price":12.50}""" + "\n")));

    static long Allocated(byte[] text)
    {
        var content = new PieceContent(text);
        var layout = FormatProbe.Layout(Format, content);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Format.Open(content, layout, new PositionSpan(0, text.Length), new RecordPosition(1, 1), new FormatProbe.Counter());
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>The fields id, name and more as .NET reads them; null when it reads no object with at most these keys, each
    /// once.</summary>
    static string? Reference(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 512 });
            if (document.RootElement.ValueKind != JsonValueKind.Object) return null;
            var names = document.RootElement.EnumerateObject().Select(p => p.Name.ToLowerInvariant()).ToArray();
            if (names.Distinct().Count() != names.Length) return null;
            return string.Join('|', new[] { "id", "name", "more" }.Select(name => Text(
                document.RootElement.EnumerateObject().FirstOrDefault(
                    p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value)));
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => ".",
        JsonValueKind.String => value.GetString()!,
        _ => value.GetRawText(),
    };
}
