using System.Text;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Targets.Postgres.Encoders;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Tests.Targets.Postgres;

/// <summary>Columns, sessions and encoders without a server.</summary>
static class Columns
{
    public static SessionSettings Session { get; } = new()
    {
        ServerMajor = 15,
        TimeZone = "UTC",
        DateStyle = "ISO, MDY",
        IntervalStyle = "postgres",
        ServerEncoding = "UTF8",
        IntegerDatetimes = true,
        Zone = SessionZone.Utc,
    };

    public static TargetColumn Of(string type, int modifier = -1) => new()
    {
        Name = "c",
        Number = 1,
        TypeOid = OidOf(type),
        TypeName = type,
        BaseTypeOid = OidOf(type),
        TypeModifier = modifier,
        NotNull = false,
        HasDefault = false,
        IsGenerated = false,
        EnumLabels = type == "mood" ? ["sad", "ok"] : [],
    };

    public static ColumnEncoder EncoderOf(string type, int modifier = -1, SessionSettings? session = null)
        => ColumnEncoders.For(Of(type, modifier), session ?? Session).ShouldNotBeNull();

    public static int NumericModifier(int precision, int scale) => ((precision << 16) | (scale & 0x7FF)) + 4;

    public static int Encode(ColumnEncoder encoder, string text, out string hex)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var room = new byte[utf8.Length + ColumnEncoder.Slack];
        var size = encoder.Encode(utf8, room);
        hex = size < 0 ? "" : Convert.ToHexString(room, 0, size);
        return size;
    }

    static uint OidOf(string type) => type switch
    {
        "bool" => 16,
        "bytea" => 17,
        "char" => 18,
        "name" => 19,
        "bigint" => 20,
        "smallint" => 21,
        "integer" => 23,
        "text" => 25,
        "oid" => 26,
        "json" => 114,
        "point" => 600,
        "cidr" => 650,
        "real" => 700,
        "double" => 701,
        "inet" => 869,
        "bpchar" => 1042,
        "varchar" => 1043,
        "date" => 1082,
        "time" => 1083,
        "timestamp" => 1114,
        "timestamptz" => 1184,
        "interval" => 1186,
        "timetz" => 1266,
        "numeric" => 1700,
        "uuid" => 2950,
        "jsonb" => 3802,
        "mood" => 90_001,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "unknown to these tests"),
    };
}
