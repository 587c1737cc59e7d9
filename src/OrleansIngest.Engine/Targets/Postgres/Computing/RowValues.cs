using System.Buffers.Binary;
using System.Buffers.Text;

namespace OrleansIngest.Engine.Targets.Postgres.Computing;

/// <summary>The positions of a row's values, in either of COPY's formats.</summary>
/// <param name="isBinary">PGCOPY binary; otherwise text.</param>
/// <param name="count">Number of values of a row.</param>
sealed class RowValues(bool isBinary, int count)
{
    readonly (int Start, int End)[] _places = new (int, int)[count];

    /// <summary>Finds the values of the row at the start of the bytes; false for the end of a binary COPY.</summary>
    public bool TryRead(ReadOnlySpan<byte> bytes, out int length)
    {
        length = 0;
        if (!isBinary)
        {
            for (var i = 0; i < count; i++)
            {
                var end = length + bytes[length..].IndexOf(i < count - 1 ? (byte)'\t' : (byte)'\n');
                _places[i] = (length, end);
                length = end + 1;
            }

            return true;
        }

        if (BinaryPrimitives.ReadInt16BigEndian(bytes) < 0) return false;
        length = 2;
        for (var i = 0; i < count; i++)
        {
            var start = length;
            length += 4 + Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(bytes[length..]));
            _places[i] = (start, length);
        }

        return true;
    }

    /// <summary>A value with its length word in binary, or as text.</summary>
    public ReadOnlySpan<byte> Whole(ReadOnlySpan<byte> row, int place) => row[_places[place].Start.._places[place].End];

    /// <summary>Whether a value is NULL.</summary>
    public bool IsNull(ReadOnlySpan<byte> row, int place) =>
        isBinary ? BinaryPrimitives.ReadInt32BigEndian(row[_places[place].Start..]) < 0
            : Whole(row, place).SequenceEqual("\\N"u8);

    /// <summary>The bytes of a binary value; null for text.</summary>
    public ReadOnlySpan<byte> Value(ReadOnlySpan<byte> row, int place) => isBinary ? Whole(row, place)[4..] : default;

    /// <summary>The bytes of a text value.</summary>
    public byte[] Text(ReadOnlySpan<byte> row, int place) =>
        isBinary ? Whole(row, place)[4..].ToArray() : System.Text.Encoding.UTF8.GetBytes(Rows.CopyText.Field(row, place)!);

    /// <summary>The row's first value, an integer.</summary>
    public int Number(ReadOnlySpan<byte> row)
    {
        if (isBinary) return BinaryPrimitives.ReadInt32BigEndian(Value(row, 0));
        return Utf8Parser.TryParse(Whole(row, 0), out int number, out _) ? number
            : throw new FormatException("a computed row has no number");
    }

    /// <summary>Writes an integer in the form of <see cref="Whole"/>.</summary>
    /// <returns>Its bytes.</returns>
    public static int WriteNumber(int number, bool isBinary, Span<byte> destination)
    {
        if (!isBinary)
        {
            Utf8Formatter.TryFormat(number, destination, out var written);
            return written;
        }

        BinaryPrimitives.WriteInt32BigEndian(destination, 4);
        BinaryPrimitives.WriteInt32BigEndian(destination[4..], number);
        return 8;
    }
}

/// <summary>Assembles a row from values of other rows.</summary>
ref struct RowJoin
{
    readonly Span<byte> _room;
    readonly bool _isBinary;
    int _length;

    /// <param name="room">The destination.</param>
    /// <param name="isBinary">Its format.</param>
    /// <param name="count">Number of values of the row.</param>
    public RowJoin(Span<byte> room, bool isBinary, int count)
    {
        _room = room;
        _isBinary = isBinary;
        if (!isBinary) return;
        BinaryPrimitives.WriteInt16BigEndian(room, (short)count);
        _length = 2;
    }

    /// <summary>Adds a value in the form of <see cref="RowValues.Whole"/>.</summary>
    public void Add(scoped ReadOnlySpan<byte> value)
    {
        value.CopyTo(_room[_length..]);
        _length += value.Length;
        if (!_isBinary) _room[_length++] = (byte)'\t';
    }

    /// <summary>Ends the row.</summary>
    /// <returns>Its bytes.</returns>
    public readonly int End()
    {
        if (!_isBinary) _room[_length - 1] = (byte)'\n';
        return _length;
    }
}
