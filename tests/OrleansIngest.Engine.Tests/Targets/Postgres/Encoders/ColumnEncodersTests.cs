using System.Text;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Targets.Postgres.Encoders;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Tests.Targets.Postgres.Encoders;

public sealed class ColumnEncodersTests
{
    /// <summary>Type, modifier, text, bytes: what must never need the server, as the binary form that
    /// its send functions print.</summary>
    public static TheoryData<string, int, string, string> HotFormats => new()
    {
        { "smallint", -1, "-12", "FFF4" },
        { "integer", -1, "541312140", "2043C48C" },
        { "bigint", -1, "9223372036854775807", "7FFFFFFFFFFFFFFF" },
        { "bigint", -1, " 7 ", "0000000000000007" },
        { "real", -1, "1.5", "3FC00000" },
        { "double", -1, "35.79", "4041E51EB851EB85" },
        { "double", -1, "NaN", "7FF8000000000000" },
        { "numeric", -1, "35.79", "0002000000000002" + "00231EDC" },
        { "numeric", Columns.NumericModifier(10, 2), "35.79", "0002000000000002" + "00231EDC" },
        { "numeric", Columns.NumericModifier(10, 2), "-1234567.895", "0003000140000002" + "007B11D7" + "2328" },
        { "numeric", Columns.NumericModifier(10, 2), "0", "0000000000000002" },
        { "numeric", -1, "1e3", "0001000000000000" + "03E8" },
        { "numeric", -1, "NaN", "00000000C0000000" },
        { "bool", -1, "true", "01" },
        { "bool", -1, "off", "00" },
        { "text", -1, "été", "C3A974C3A9" },
        { "varchar", 9, "abcde", "6162636465" },
        { "varchar", 9, "abcde  ", "6162636465" },
        { "varchar", 9, "ééééé", "C3A9C3A9C3A9C3A9C3A9" },
        { "bpchar", 7, "a", "61" },
        { "date", -1, "2000-01-01", "00000000" },
        { "date", -1, "2019-10-01", "00001C2D" },
        { "date", -1, "1999-12-31", "FFFFFFFF" },
        { "date", -1, "2019-10-01 12:00:00", "00001C2D" },
        { "date", -1, "10/1/2019", "00001C2D" },
        { "date", -1, "2019/10/01", "00001C2D" },
        { "timestamp", -1, "1/1/2000 1:00 AM", "00000000D693A400" },
        { "time", -1, "00:00:01.5", "000000000016E360" },
        { "time", -1, "24:00", "000000141DD76000" },
        { "timetz", -1, "00:00:01+01:00", "00000000000F4240" + "FFFFF1F0" },
        { "timestamp", -1, "2000-01-01 00:00:00.000001", "0000000000000001" },
        { "timestamp", -1, "2000-01-01", "0000000000000000" },
        { "timestamp", -1, "2000-01-01T00:00", "0000000000000000" },
        { "timestamptz", -1, "2000-01-01 00:00:00 UTC", "0000000000000000" },
        { "timestamptz", -1, "2000-01-01T01:00:00+01:00", "0000000000000000" },
        { "timestamptz", -1, "1999-12-31 16:00:00-08", "0000000000000000" },
        { "timestamptz", -1, "2000-01-01T00:00:00.25Z", "000000000003D090" },
        { "timestamptz", 0, "2000-01-01 00:00:00.5", "00000000000F4240" },
        { "interval", -1, "1 day 00:00:01", "00000000000F4240" + "00000001" + "00000000" },
        { "uuid", -1, "{A0EEBC99-9c0b-4ef8-bb6d-6bb9bd380a11}", "A0EEBC999C0B4EF8BB6D6BB9BD380A11" },
        { "json", -1, "{\"a\": [1]}", "7B2261223A205B315D7D" },
        { "jsonb", -1, "[]", "015B5D" },
        { "bytea", -1, "\\xDE ad", "DEAD" },
        { "bytea", -1, "a\\\\\\001", "615C01" },
        { "inet", -1, "10.0.0.1/8", "02080004" + "0A000001" },
        { "cidr", -1, "2001:db8::/32", "03200110" + "20010DB8000000000000000000000000" },
        { "mood", -1, "ok", "6F6B" },
        { "name", -1, "a", "61" },
        { "char", -1, "a", "61" },
        { "oid", -1, "16", "00000010" },
    };

    /// <summary>Type, modifier, text, the server's message.</summary>
    public static TheoryData<string, int, string, string> Refusals => new()
    {
        { "integer", -1, "abc", "invalid input syntax for type integer: \"abc\"" },
        { "integer", -1, "", "invalid input syntax for type integer: \"\"" },
        { "integer", -1, "1.5", "invalid input syntax for type integer: \"1.5\"" },
        { "integer", -1, "2147483648", "value \"2147483648\" is out of range for type integer" },
        { "bigint", -1, "-9223372036854775809", "value \"-9223372036854775809\" is out of range for type bigint" },
        { "double", -1, "1e309", "\"1e309\" is out of range for type double precision" },
        { "numeric", -1, "1,5", "invalid input syntax for type numeric: \"1,5\"" },
        { "numeric", Columns.NumericModifier(10, 2), "99999999.995",
            "numeric field overflow: a field with precision 10, scale 2 must round to an absolute value less than 10^8: "
                + "\"99999999.995\"" },
        { "bool", -1, "o", "invalid input syntax for type boolean: \"o\"" },
        { "varchar", 9, "abcdef", "value too long for type character varying(5): \"abcdef\"" },
        { "bpchar", 9, "abcdef", "value too long for type character(5): \"abcdef\"" },
        { "date", -1, "abc", "invalid input syntax for type date: \"abc\"" },
        { "date", -1, "not-a-date", "invalid input syntax for type date: \"not-a-date\"" },
        { "date", -1, "", "invalid input syntax for type date: \"\"" },
        { "date", -1, "2019-02-29", "date/time field value out of range: \"2019-02-29\"" },
        { "timestamptz", -1, "N/A", "invalid input syntax for type timestamp with time zone: \"N/A\"" },
        { "timestamptz", -1, "2019-13-45 99:99:99 UTC", "date/time field value out of range: \"2019-13-45 99:99:99 UTC\"" },
        { "timestamp", -1, "0000-00-00 00:00:00", "date/time field value out of range: \"0000-00-00 00:00:00\"" },
        { "time", -1, "24:00:01", "date/time field value out of range: \"24:00:01\"" },
        { "uuid", -1, "a0ee", "invalid input syntax for type uuid: \"a0ee\"" },
        { "json", -1, "{a}", "invalid input syntax for type json: \"{a}\"" },
        { "bytea", -1, "\\xd", "invalid hexadecimal data: odd number of digits: \"\\xd\"" },
        { "bytea", -1, "\\xdg", "invalid hexadecimal digit: \"g\"" },
        { "inet", -1, "localhost", "invalid input syntax for type inet: \"localhost\"" },
        { "cidr", -1, "10.0.0.1/8", "invalid cidr value: \"10.0.0.1/8\"" },
    };

    /// <summary>What may be good, but only the server can tell.</summary>
    public static TheoryData<string, string> Questions => new()
    {
        { "integer", "0x1F" }, { "integer", "1_000" }, { "double", "0x1p3" }, { "numeric", "1e99999" }, { "date", "now" },
        { "date", "1/2/19" },
        { "timestamptz", "2019-10-01 12:34:56 America/New_York" }, { "timestamptz", "2019-10-01 12:34:56 PST" },
        { "timestamptz", "1 Oct 2019" },
        { "timestamptz", "infinity" }, { "time", "allballs" }, { "interval", "P1D" }, { "interval", "-1 day" },
        { "interval", "." },
        { "jsonb", "\"\\u0000\"" }, { "inet", "10.1" }, { "mood", "new label" }, { "oid", "010" },
    };

    [Theory]
    [MemberData(nameof(HotFormats))]
    public void Encode_HotFormat_WritesTheBinaryFormWithoutAskingTheServer(
        string type, int modifier, string text, string expected)
    {
        Columns.Encode(Columns.EncoderOf(type, modifier), text, out var hex).ShouldBe(expected.Length / 2);
        hex.ShouldBe(expected);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public void Encode_TextThatTheServerRefuses_IsRejectedInItsWords(string type, int modifier, string text, string message)
    {
        var encoder = Columns.EncoderOf(type, modifier);

        Columns.Encode(encoder, text, out _).ShouldBe(ColumnEncoder.Rejected);
        encoder.Explain(Encoding.UTF8.GetBytes(text)).ShouldBe(message);
    }

    [Theory]
    [MemberData(nameof(Questions))]
    public void Encode_TextThatOnlyTheServerCanJudge_IsLeftToIt(string type, string text)
        => Columns.Encode(Columns.EncoderOf(type), text, out _).ShouldBe(ColumnEncoder.AskServer);

    [Fact]
    public void Explain_VeryLongValue_IsCut()
    {
        var message = Columns.EncoderOf("integer").Explain(Encoding.UTF8.GetBytes(new string('é', 100_000)));

        message.Length.ShouldBeLessThan(400);
        message.ShouldEndWith("é…\"");
    }

    [Theory]
    [InlineData("point")]
    public void For_TypeWithoutEncoder_IsNull(string type) =>
        ColumnEncoders.For(Columns.Of(type), Columns.Session).ShouldBeNull();

    [Fact]
    public void Encode_TextBeyondAsciiForAServerInAnotherEncoding_IsLeftToIt()
    {
        var latin = Columns.Session with { ServerEncoding = "LATIN1" };

        Columns.Encode(Columns.EncoderOf("text", session: latin), "é", out _).ShouldBe(ColumnEncoder.AskServer);
        Columns.Encode(Columns.EncoderOf("varchar", 9, latin), "é", out _).ShouldBe(ColumnEncoder.AskServer);
        Columns.Encode(Columns.EncoderOf("varchar", 9, latin), "e", out _).ShouldBe(1);
        ColumnEncoders.For(Columns.Of("bytea"), latin).ShouldBeNull();
    }

    [Fact]
    public void Encode_InfiniteNumericBeforePostgreSql14_IsRejected()
    {
        Columns.Encode(Columns.EncoderOf("numeric"), "Infinity", out var hex).ShouldBe(8);
        hex.ShouldBe("00000000D0000000");
        Columns.Encode(Columns.EncoderOf("numeric", session: Columns.Session with { ServerMajor = 13 }), "Infinity", out _)
            .ShouldBe(ColumnEncoder.Rejected);
    }

    [Fact]
    public void Encode_AnyText_AllocatesNothing()
    {
        var zone = SessionZone.FromChanges(3600, [(0, 7200), (10_000_000, 3600)]);
        var session = Columns.Session with { Zone = zone };
        var cases = HotFormats.Select(row => (row.Data.Item1, row.Data.Item2, row.Data.Item3))
            .Concat(Refusals.Select(row => (row.Data.Item1, row.Data.Item2, row.Data.Item3)))
            .Concat(Questions.Select(row => (row.Data.Item1, -1, row.Data.Item2)))
            .Select(c => (Encoder: Columns.EncoderOf(c.Item1, c.Item2, session), Text: Encoding.UTF8.GetBytes(c.Item3)))
            .ToArray();
        var room = new byte[4096];
        EncodeAll(cases, room);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 10; round++)
            EncodeAll(cases, room);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    static void EncodeAll((ColumnEncoder Encoder, byte[] Text)[] cases, byte[] room)
    {
        foreach (var (encoder, text) in cases)
            encoder.Encode(text, room);
    }
}
