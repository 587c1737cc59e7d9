using System.Text.Unicode;
using OrleansIngest.Engine.Formats.Json;
using Parquet.Schema;
using StoredType = Parquet.Meta.Type;

namespace OrleansIngest.Engine.Formats.Parquet;

/// <summary>Creates the leaf for a stored type.</summary>
static class ParquetLeaves
{
    /// <summary>A leaf over values of a stored type.</summary>
    public static ParquetLeaf Of(StoredType type, DataField field, ParquetKind kind, int definition, int repetition) =>
        type switch
        {
            StoredType.BOOLEAN => new BooleanLeaf(field, kind, definition, repetition),
            StoredType.INT32 => new IntegerLeaf(field, kind, definition, repetition),
            StoredType.INT64 => new LongLeaf(field, kind, definition, repetition),
            StoredType.FLOAT => new FloatLeaf(field, kind, definition, repetition),
            StoredType.DOUBLE => new DoubleLeaf(field, kind, definition, repetition),
            _ => new BytesLeaf(field, kind, definition, repetition),
        };

    sealed class BooleanLeaf(DataField field, ParquetKind kind, int definition, int repetition)
        : ParquetLeaf<bool>(field, kind, definition, repetition)
    {
        public override void Write(FieldTexts target, FieldForm form) => target.Write(Value ? "true"u8 : "false"u8);
    }

    sealed class IntegerLeaf(DataField field, ParquetKind kind, int definition, int repetition)
        : ParquetLeaf<int>(field, kind, definition, repetition)
    {
        public override void Write(FieldTexts target, FieldForm form) =>
            Quote(target, form, Kind.Value,
                ParquetText.Integer(Value, Kind, isWide: false, target.Reserve(ParquetText.MaxBytes)));
    }

    sealed class LongLeaf(DataField field, ParquetKind kind, int definition, int repetition)
        : ParquetLeaf<long>(field, kind, definition, repetition)
    {
        public override void Write(FieldTexts target, FieldForm form) =>
            Quote(target, form, Kind.Value, ParquetText.Integer(Value, Kind, isWide: true, target.Reserve(ParquetText.MaxBytes)));
    }

    sealed class FloatLeaf(DataField field, ParquetKind kind, int definition, int repetition)
        : ParquetLeaf<float>(field, kind, definition, repetition)
    {
        public override void Write(FieldTexts target, FieldForm form) =>
            Quote(target, form, Kind.Value, ParquetText.Float(Value, target.Reserve(ParquetText.MaxBytes)));
    }

    sealed class DoubleLeaf(DataField field, ParquetKind kind, int definition, int repetition)
        : ParquetLeaf<double>(field, kind, definition, repetition)
    {
        public override void Write(FieldTexts target, FieldForm form) =>
            Quote(target, form, Kind.Value, ParquetText.Double(Value, target.Reserve(ParquetText.MaxBytes)));
    }

    sealed class BytesLeaf(DataField field, ParquetKind kind, int definition, int repetition)
        : ParquetLeaf<ReadOnlyMemory<byte>>(field, kind, definition, repetition)
    {
        public override void Write(FieldTexts target, FieldForm form)
        {
            var value = Value.Span;
            switch (Kind.Value)
            {
                case ParquetValue.Text:
                    Text(value, target, form);
                    break;
                case ParquetValue.Json:
                    if (form == FieldForm.Array) Text(value, target, form); // an element of an array is a text
                    else if (form == FieldForm.Bytes) Hex(value, target);
                    else target.Write(value);
                    break;
                case ParquetValue.Bytes:
                    if (form != FieldForm.Bytes && Utf8.IsValid(value) && !value.Contains((byte)0)) Text(value, target, form);
                    else if (form is FieldForm.Json or FieldForm.Array) QuotedHex(value, target, form);
                    else Hex(value, target);
                    break;
                case ParquetValue.Decimal:
                    var room = target.Reserve(ParquetText.MaxBytes + 3 * value.Length + Math.Abs(Kind.Scale));
                    target.Advance(ParquetText.Decimal(value, Kind.Scale, room));
                    break;
                default:
                    Quote(target, form, Kind.Value, ParquetText.Fixed(value, Kind, target.Reserve(ParquetText.MaxBytes)));
                    break;
            }
        }

        static void Text(ReadOnlySpan<byte> value, FieldTexts target, FieldForm form)
        {
            if (form == FieldForm.Bytes) Hex(value, target);
            else if (form == FieldForm.Json)
                target.Advance(JsonString.Write(value, target.Reserve(JsonString.MaxBytes(value.Length))));
            else if (form == FieldForm.Array) target.Advance(ArrayLiteral.Quote(value, target.Reserve(2 * value.Length + 2)));
            else target.Write(value);
        }

        static void QuotedHex(ReadOnlySpan<byte> value, FieldTexts target, FieldForm form)
        {
            target.Write(form == FieldForm.Json ? "\"\\"u8 : "\"\\"u8); // the backslash of the hexadecimal form, escaped in both
            Hex(value, target);
            target.Write((byte)'"');
        }

        static void Hex(ReadOnlySpan<byte> value, FieldTexts target)
        {
            target.Write("\\x"u8);
            Convert.TryToHexStringLower(value, target.Reserve(2 * value.Length), out var length);
            target.Advance(length);
        }
    }

    /// <summary>Commits the text in the reserved room. In JSON everything except numbers is a string; in an array, text with a
    /// space is quoted.</summary>
    static void Quote(FieldTexts target, FieldForm form, ParquetValue value, int length)
    {
        var text = target.Reserve(length)[..length];
        var isNumber = value is ParquetValue.Integer or ParquetValue.Unsigned or ParquetValue.Decimal
                or ParquetValue.Float or ParquetValue.Double or ParquetValue.Half
            && char.IsAsciiDigit((char)text[text[0] == '-' ? 1 : 0]);
        if ((form == FieldForm.Json && !isNumber) || (form == FieldForm.Array && text.Contains((byte)' ')))
            Enclose(target, length);
        else target.Advance(length);
    }

    static void Enclose(FieldTexts target, int length)
    {
        var room = target.Reserve(length + 2);
        room[..length].CopyTo(room[1..]);
        room[0] = room[length + 1] = (byte)'"';
        target.Advance(length + 2);
    }
}
