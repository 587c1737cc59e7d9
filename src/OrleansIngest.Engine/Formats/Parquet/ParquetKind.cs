using Parquet.Meta;

namespace OrleansIngest.Engine.Formats.Parquet;

/// <summary>The kinds of stored values of a leaf.</summary>
enum ParquetValue
{
    Boolean,
    Integer,
    Unsigned,
    Decimal,
    Float,
    Double,
    Half,
    Text,
    Json,
    Bytes,
    Uuid,
    Date,
    Time,
    Timestamp,
    Instant,
    Int96,
    Interval,
    Nothing,
}

/// <summary>The meaning of a leaf's stored values (logical types, or the converted types of older writers), and the PostgreSQL
/// type that can hold them.</summary>
/// <param name="Value">Their kind.</param>
/// <param name="Scale">The scale of a decimal.</param>
/// <param name="PerDay">Number of units per day, for a time or timestamp.</param>
/// <param name="SqlType">Such as <c>numeric(10,2)</c>.</param>
readonly record struct ParquetKind(ParquetValue Value, string SqlType, int Scale = 0, long PerDay = 0)
{
    const long Millis = 86_400_000, Micros = 1000 * Millis, Nanos = 1000 * Micros;

    /// <summary>The meaning of a leaf of the schema.</summary>
    public static ParquetKind Of(SchemaElement leaf) =>
        FromLogical(leaf, leaf.LogicalType) ?? FromConverted(leaf) ?? leaf.Type switch
        {
            global::Parquet.Meta.Type.BOOLEAN => new ParquetKind(ParquetValue.Boolean, "boolean"),
            global::Parquet.Meta.Type.INT32 => new ParquetKind(ParquetValue.Integer, "integer"),
            global::Parquet.Meta.Type.INT64 => new ParquetKind(ParquetValue.Integer, "bigint"),
            global::Parquet.Meta.Type.INT96 => new ParquetKind(ParquetValue.Int96, "timestamp"),
            global::Parquet.Meta.Type.FLOAT => new ParquetKind(ParquetValue.Float, "real"),
            global::Parquet.Meta.Type.DOUBLE => new ParquetKind(ParquetValue.Double, "double precision"),
            _ => new ParquetKind(ParquetValue.Bytes, "bytea"),
        };

    static ParquetKind? FromLogical(SchemaElement leaf, LogicalType? type) => type switch
    {
        null => null,
        { STRING: not null } or { ENUM: not null } => new ParquetKind(ParquetValue.Text, "text"),
        { JSON: not null } => new ParquetKind(ParquetValue.Json, "jsonb"),
        { INTEGER: { } integer } => integer.IsSigned ? Signed(integer.BitWidth) : Unsigned(integer.BitWidth),
        { DECIMAL: { } number } => Decimal(number.Precision, number.Scale),
        { UUID: not null } => new ParquetKind(ParquetValue.Uuid, "uuid"),
        { FLOAT16: not null } => new ParquetKind(ParquetValue.Half, "real"),
        { DATE: not null } => new ParquetKind(ParquetValue.Date, "date"),
        { TIME: { } time } => new ParquetKind(ParquetValue.Time, "time", PerDay: PerDayOf(time.Unit)),
        { TIMESTAMP: { } time } => time.IsAdjustedToUTC
            ? new ParquetKind(ParquetValue.Instant, "timestamptz", PerDay: PerDayOf(time.Unit))
            : new ParquetKind(ParquetValue.Timestamp, "timestamp", PerDay: PerDayOf(time.Unit)),
        { UNKNOWN: not null } => new ParquetKind(ParquetValue.Nothing, "text"),
        _ => leaf.ConvertedType is null ? null : FromConverted(leaf),
    };

    static ParquetKind? FromConverted(SchemaElement leaf) => leaf.ConvertedType switch
    {
        ConvertedType.UTF8 or ConvertedType.ENUM => new ParquetKind(ParquetValue.Text, "text"),
        ConvertedType.JSON => new ParquetKind(ParquetValue.Json, "jsonb"),
        ConvertedType.DECIMAL => Decimal(leaf.Precision ?? 38, leaf.Scale ?? 0),
        ConvertedType.DATE => new ParquetKind(ParquetValue.Date, "date"),
        ConvertedType.TIME_MILLIS => new ParquetKind(ParquetValue.Time, "time", PerDay: Millis),
        ConvertedType.TIME_MICROS => new ParquetKind(ParquetValue.Time, "time", PerDay: Micros),
        ConvertedType.TIMESTAMP_MILLIS => new ParquetKind(ParquetValue.Instant, "timestamptz", PerDay: Millis),
        ConvertedType.TIMESTAMP_MICROS => new ParquetKind(ParquetValue.Instant, "timestamptz", PerDay: Micros),
        ConvertedType.INT_8 => Signed(8),
        ConvertedType.INT_16 => Signed(16),
        ConvertedType.INT_32 => Signed(32),
        ConvertedType.INT_64 => Signed(64),
        ConvertedType.UINT_8 => Unsigned(8),
        ConvertedType.UINT_16 => Unsigned(16),
        ConvertedType.UINT_32 => Unsigned(32),
        ConvertedType.UINT_64 => Unsigned(64),
        ConvertedType.INTERVAL => new ParquetKind(ParquetValue.Interval, "interval"),
        _ => null,
    };

    static ParquetKind Signed(int bits) => new(ParquetValue.Integer, bits <= 16 ? "smallint" : bits == 32 ? "integer" : "bigint");

    static ParquetKind Unsigned(int bits) =>
        new(ParquetValue.Unsigned, bits == 8 ? "smallint" : bits == 16 ? "integer" : bits == 32 ? "bigint" : "numeric(20)");

    static ParquetKind Decimal(int precision, int scale) => new(ParquetValue.Decimal, $"numeric({precision},{scale})", scale);

    static long PerDayOf(TimeUnit unit) => unit.MILLIS is not null ? Millis : unit.MICROS is not null ? Micros : Nanos;
}
