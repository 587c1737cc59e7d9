using OrleansIngest.Engine.Inference;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Tests.Targets.Postgres;

namespace OrleansIngest.Engine.Tests.Inference;

public sealed class TableInferenceTests : IDisposable
{
    readonly string _directory = Directory.CreateTempSubdirectory("ingest-inference-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    InferredTable Read(string text, bool header = true, string? delimiter = null, long maxRecords = 1000,
        ColumnNaming? naming = null)
    {
        var path = Path.Combine(_directory, "x.csv");
        File.WriteAllText(path, text);
        return TableInference.Read(path, new CsvOptions { Delimiter = delimiter, Header = header }, maxRecords, naming);
    }

    [Theory]
    [InlineData("bigint", "1", "-5", "0", "9223372036854775807")]
    [InlineData("numeric", "1", "2.5", "1.5e3", "-0.10", "1e-7", "1E+05")]
    [InlineData("numeric", "9223372036854775808", "1")]
    [InlineData("boolean", "true", "FALSE", "yes", "No")]
    [InlineData("date", "2024-02-29", "0001-01-01")]
    [InlineData("timestamp", "2024-02-29", "2024-03-01 12:30")]
    [InlineData("timestamp", "2024-03-01T12:30:59.123456")]
    [InlineData("timestamptz", "2024-03-01T12:30:59.123Z", "2019-10-01 00:00:00 UTC", "2024-03-01 12:30:00+05:30",
        "2024-03-01 12:30:00-08")]
    [InlineData("uuid", "550e8400-e29b-41d4-a716-446655440000", "A50E8400-E29B-41D4-A716-446655440000")]
    [InlineData("jsonb", "{\"\"a\"\": 1}", "[]")]
    [InlineData("text", "007", "008")]
    [InlineData("text", "12E4", "12E5")]
    [InlineData("text", "1e3")]
    [InlineData("text", "+41441234567", "+493012345")]
    [InlineData("text", "-01")]
    [InlineData("text", "00.5")]
    [InlineData("text", "12345678901234567890E1")]
    [InlineData("text", "1", "x")]
    [InlineData("text", "1", "true")]
    [InlineData("text", "2024-02-30")]
    [InlineData("text", "2024-03-01 12:30", "2024-03-01 12:30Z")]
    [InlineData("text", "1.", ".5")]
    [InlineData("text", "+1")]
    [InlineData("text", "t", "f")]
    [InlineData("text", "{broken")]
    [InlineData("text", "-")]
    [InlineData("text", "1", "")]
    public void Read_Values_GivesTheNarrowestTypeOfAll(string type, params string[] values) =>
        Read("n,v\n,\n" + string.Concat(values.Select(value => $"1,\"{value}\"\n"))).Columns[1].SqlType.ShouldBe(type);

    [Fact]
    public void Read_NoValueAtAll_IsText() =>
        Read("a,b\n1,\n2,\n").Columns.Select(column => column.SqlType).ShouldBe(["bigint", "text"]);

    [Fact]
    public void Read_Headers_BecomeNamesWithoutQuotes()
    {
        var table = Read("Order ID,orderId,HTTPStatus,2nd,,größe,user,\"a,b\"\n1,1,1,1,1,1,1,1\n");

        table.Columns.Select(column => column.Name).ShouldBe(
            ["order_id", "order_id_2", "httpstatus", "_2nd", "column_5", "größe", "user", "a_b"]);
        table.CreateTable("my.Orders").ShouldBe("""
            CREATE TABLE my."Orders" (
                order_id   bigint,
                order_id_2 bigint,
                httpstatus bigint,
                _2nd       bigint,
                column_5   bigint,
                "größe"    bigint,
                "user"     bigint,
                a_b        bigint
            );
            """);
    }

    [Fact]
    public void Read_KeepNames_TakesTheFilesNames()
    {
        var table = Read("Order ID,\u200B Größe\u00A0,,order id,Order ID,xmin\n1,1,1,1,1,1\n",
            naming: new ColumnNaming { KeepNames = true });

        table.Columns.Select(column => column.Name).ShouldBe(
            ["Order ID", "Größe", "column_3", "order id", "Order ID_2", "xmin_2"]);
    }

    [Fact]
    public void Read_GivenNames_ComeFirst()
    {
        var given = new Dictionary<string, string> { ["order id"] = "id", ["#2"] = "b_2" };

        Read("Order ID,,B 2,b\n1,1,1,1\n", naming: new ColumnNaming { Given = given }).Columns.Select(column => column.Name)
            .ShouldBe(["id", "b_2", "b_2_2", "b"]);
    }

    [Fact]
    public void Read_LongNames_StayApartWithinTheServersLimit()
    {
        var letters = new string('ä', 40);
        var face = string.Concat(Enumerable.Repeat("\U00020000", 20));
        var names = Read($"{letters}x,{letters}y,{face},{face},{face}\n1,1,1,1,1\n").Columns.Select(
            column => column.Name).ToArray();

        names.ShouldBe([new string('ä', 31), new string('ä', 30) + "_2", face[..30], face[..30] + "_2", face[..30] + "_3"]);
        names.ShouldAllBe(name => System.Text.Encoding.UTF8.GetByteCount(name) <= 63);
    }

    [Fact]
    public void Read_ScriptsWithVowelSigns_KeepThem() => Read("हिन्दी,x\n1,1\n").Columns[0].Name.ShouldBe("हिन्दी");

    [Fact]
    public void Read_MoreFieldsThanATableHasColumns_SaysSo()
    {
        Read(Wide(1600)).Columns.Count.ShouldBe(1600);
        Should.Throw<InvalidDataException>(() => Read(Wide(1601))).Message.ShouldContain(
            "has 1,601 fields, but a PostgreSQL table can have at most 1,600 columns");
    }

    [Fact]
    public void Read_WideFile_HasRowsThatFitAPage()
    {
        Read(Wide(900)).Columns.ShouldAllBe(column => column.SqlType == "bigint");
        Read(Wide(1600)).Columns.ShouldAllBe(column => column.SqlType == "text");
    }

    static string Wide(int fields) => string.Join(',', Enumerable.Range(1, fields).Select(i => $"f{i}")) + "\n"
        + string.Join(',', Enumerable.Repeat("1", fields)) + "\n";

    [Theory]
    [InlineData("gr\u00F6\u00DFe,id\n1,2\n",
        "the header is not UTF-8, so its names cannot be read; the file is probably Windows-1252 (then the header is: größe,id)")]
    [InlineData("i\0d\0,x\n",
        "the header has a NUL byte: the file is UTF-16, or binary. If it is UTF-16, specify its encoding: --encoding utf-16le")]
    [InlineData("\u00C3\u00A9,\0\u00FF,\u0005\n\u00E9\n", "the file looks binary: ")] // with a character of UTF-8, by chance
    public void Read_HeaderThatIsNoText_SaysWhatItIs(string text, string expected)
    {
        var path = Path.Combine(_directory, "z.csv");
        File.WriteAllBytes(path, System.Text.Encoding.Latin1.GetBytes(text));

        Should.Throw<InvalidDataException>(() => TableInference.Read(path, new CsvOptions(), 10)).Message.ShouldContain(expected);
    }

    [Fact]
    public void Read_ReplacementCharacterInTheHeader_IsAName() => Read("a\uFFFD,b\n1,2\n").Columns[0].Header.ShouldBe("a\uFFFD");

    [Fact]
    public void ToPipeline_NamelessAndDuplicateFields_AreMappedByPosition()
    {
        var pipeline = Read(",id,Id,#2,x\n1,1,1,1,1\n").ToPipeline("p", "in", "t");

        pipeline.Columns.ShouldBe(new Dictionary<string, string>
        { ["#1"] = "column_1", ["#2"] = "id", ["#3"] = "id_2", ["#4"] = "_2" });
        pipeline.Validate("p").ShouldBeEmpty();
    }

    [Fact]
    public void ToPipeline_HeadersThatDiffer_AreAliases()
    {
        var pipeline = Read("id;Order ID;USER\n1;2;3\n").ToPipeline("orders", "in", "orders");

        pipeline.Columns.ShouldBe(new Dictionary<string, string> { ["Order ID"] = "order_id" });
        pipeline.Csv.Delimiter.ShouldBe(";");
        pipeline.Validate("p").ShouldBeEmpty();
    }

    [Fact]
    public void Read_NearlyAllValuesOfAType_IsTextWithANote()
    {
        var table = Read("id,t\n" + string.Concat(Enumerable.Repeat("1,2024-01-01\n", 19)) + "1,\"2024-\n13-01\"\n");

        table.Columns[1].ShouldBe(new("t", "t", "text", "19 of 20 values are date; the first that is not: '2024-\n13-01'"));
        table.CreateTable("x").ShouldContain("t  text -- 19 of 20 values are date; the first that is not: '2024- 13-01'\n);");
    }

    /// <summary>What most of Europe writes must not become text without a word.</summary>
    [Theory]
    [InlineData("2,5", "7", "numbers with a decimal comma: --decimal , makes them numeric")]
    [InlineData("-1.234,50", "1,5", "numbers with a decimal comma: --decimal , --thousands . makes them numeric")]
    [InlineData("1,234", "5,678", "numbers with a comma: --decimal , or --thousands , makes them numeric")]
    [InlineData("13.02.2003", "01.02.2003", "dates with the day first: --date-order dmy makes them dates")]
    [InlineData("31/12/2003 14:00", "01/02/2003 14:00:05", "dates with the day first: --date-order dmy makes them dates")]
    [InlineData("1,2,3", "4,5", null)]
    [InlineData("7", "8", null)]
    [InlineData("2,5", "x", null)]
    [InlineData("13.02.2003", "x", null)]
    [InlineData("13.02-2003", "13.02-2004", null)]
    public void Read_ValuesThatAnOptionWouldRead_IsTextWithANote(string one, string other, string? note) =>
        Read($"id;v\n1;{one}\n2;{other}\n").Columns[1].Note.ShouldBe(note is null ? null : $"the values are {note}");

    [Fact]
    public void Read_NoHeader_NumbersTheColumns()
    {
        var table = Read("1,x\n2,y\n", header: false);

        table.Columns.ShouldBe([new("", "column_1", "bigint"), new("", "column_2", "text")]);
        table.ToPipeline("p", "in", "t").Columns.ShouldBeEmpty();
    }

    [Fact]
    public void Read_RecordsThatDoNotFit_AreLeftOut()
    {
        var table = Read("a,b\n1,2\nx\n\n1,2,3\n3,4\n");

        (table.Records, table.Unusable).ShouldBe((4, 2));
        table.Columns.ShouldAllBe(column => column.SqlType == "bigint");
    }

    [Fact]
    public void Read_MaxRecords_StopsThere() => Read("a\n1\n2\nx\n", delimiter: ",",
        maxRecords: 2).Columns[0].SqlType.ShouldBe("bigint");

    [Theory]
    [InlineData("")]
    [InlineData("\u001f\u008b")]
    public void Read_NothingToInfer_SaysSo(string text)
    {
        var path = Path.Combine(_directory, "y.csv");
        File.WriteAllBytes(path, [.. text.Select(letter => (byte)letter)]);

        Should.Throw<InvalidDataException>(() => TableInference.Read(path, new CsvOptions(), 10)).Message.ShouldStartWith(path);
    }

    [Theory]
    [InlineData("plain_1", "plain_1")]
    [InlineData("Plain", "\"Plain\"")]
    [InlineData("1st", "\"1st\"")]
    [InlineData("order", "\"order\"")]
    [InlineData("a\"b", "\"a\"\"b\"")]
    [InlineData("", "\"\"")]
    public void Quote_Name_IsQuotedWhereSqlNeedsIt(string name, string expected) => SqlName.Quote(name).ShouldBe(expected);
}
