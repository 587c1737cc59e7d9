using OrleansIngest.Engine.Targets.Postgres.Encoders;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

/// <summary>Selects the encoder of a column.</summary>
public static class ColumnEncoders
{
    const int HeaderOfModifier = 4;

    /// <summary>The encoder of a column for a session with these settings.</summary>
    /// <returns>Null if there is none for the type: a table with such a column is loaded by text COPY.</returns>
    public static ColumnEncoder? For(TargetColumn column, SessionSettings session)
    {
        var modifier = column.TypeModifier;
        return column.BaseTypeOid switch
        {
            16 => BoolEncoder.Instance,
            20 => IntegerEncoder.Int8,
            21 => IntegerEncoder.Int2,
            23 => IntegerEncoder.Int4,
            25 => new TextEncoder(session.IsUtf8),
            26 => OidEncoder.Instance,
            650 => NetworkEncoder.Cidr,
            700 => FloatEncoder.Float4,
            701 => FloatEncoder.Float8,
            869 => NetworkEncoder.Inet,
            1042 => Text("character", modifier, session),
            1043 => Text("character varying", modifier, session),
            1700 => new NumericEncoder(modifier, session.ServerMajor),
            2950 => UuidEncoder.Instance,
            1082 or 1083 or 1114 or 1184 or 1186 or 1266 when session.IntegerDatetimes =>
                DateTime(column.BaseTypeOid, modifier, session),
            // These read the bytes of the server's own encoding.
            _ when !session.IsUtf8 => null,
            17 => ByteaEncoder.Instance,
            18 => CharEncoder.Instance,
            19 => NameEncoder.Instance,
            114 => JsonEncoder.Json,
            3802 => JsonEncoder.Jsonb,
            _ => column.EnumLabels.Count > 0 ? new EnumEncoder(column.TypeName, column.EnumLabels) : null,
        };
    }

    static ColumnEncoder Text(string typeName, int modifier, SessionSettings session) => modifier < HeaderOfModifier
        ? new TextEncoder(session.IsUtf8)
        : new SizedTextEncoder(typeName, modifier - HeaderOfModifier, session.IsUtf8);

    static ColumnEncoder DateTime(uint type, int modifier, SessionSettings session) => type switch
    {
        1082 => new DateEncoder(OrderOf(session)),
        1083 => new TimeEncoder(modifier),
        1114 => new TimestampEncoder(modifier, OrderOf(session)),
        1184 => new TimestamptzEncoder(modifier, OrderOf(session), session.Zone),
        1186 => new IntervalEncoder(modifier),
        _ => new TimetzEncoder(modifier, session.Zone),
    };

    static DateOrder OrderOf(SessionSettings session)
        => session.DateStyle.EndsWith("DMY", StringComparison.Ordinal) ? DateOrder.DayMonthYear
            : session.DateStyle.EndsWith("MDY", StringComparison.Ordinal) ? DateOrder.MonthDayYear
            : DateOrder.YearMonthDay;
}
