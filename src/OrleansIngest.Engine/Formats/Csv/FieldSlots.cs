namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>The place of a field in its record, without surrounding quotes and spaces.</summary>
/// <param name="Start">Bytes from the record's start.</param>
/// <param name="Length">Bytes.</param>
/// <param name="IsQuoted">Whether it is quoted.</param>
/// <param name="HasEscapes">Whether it must be unescaped.</param>
readonly record struct FieldSlot(int Start, int Length, bool IsQuoted, bool HasEscapes);

/// <summary>The fields of one record, by their places.</summary>
/// <remarks>Hot: allocates only to grow.</remarks>
sealed class FieldSlots(DialectBytes dialect)
{
    FieldSlot[] _slots = new FieldSlot[32];
    byte[] _scratch = [];

    public int Count { get; private set; }

    public ref readonly FieldSlot this[int index] => ref _slots[index];

    public void Clear() => Count = 0;

    /// <summary>Keeps only the first fields.</summary>
    public void CutTo(int count) => Count = count;

    public void Add(int start, int length, bool isQuoted, bool hasEscapes)
    {
        if (Count == _slots.Length) Array.Resize(ref _slots, 2 * _slots.Length);
        _slots[Count++] = new FieldSlot(start, length, isQuoted, hasEscapes);
    }

    /// <summary>Whether a field is NULL.</summary>
    public bool IsNull(ReadOnlySpan<byte> record, int index)
    {
        ref readonly var slot = ref _slots[index];
        return dialect.IsNull(record.Slice(slot.Start, slot.Length), slot.IsQuoted);
    }

    /// <summary>A field's value, empty for NULL; valid until the record changes.</summary>
    public ReadOnlySpan<byte> Value(ReadOnlySpan<byte> record, int index)
    {
        ref readonly var slot = ref _slots[index];
        var text = record.Slice(slot.Start, slot.Length);
        if (slot.HasEscapes) return Unescape(text, record.Length, slot);
        return dialect.HasNullTexts && !slot.IsQuoted && dialect.IsNull(text, isQuoted: false) ? default : text;
    }

    /// <summary>Writes to the field's own place in a copy of the record, so that the fields of a record do not overwrite each
    /// other.</summary>
    ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> text, int recordLength, in FieldSlot slot)
    {
        if (_scratch.Length < recordLength) _scratch = new byte[Math.Max(recordLength, 2 * _scratch.Length)];
        var target = _scratch.AsSpan(slot.Start);
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var behind = text[(i + 1)..];
            var escaped = slot.IsQuoted ? QuotedEscape(text[i], behind)
                : text[i] == dialect.Escape ? dialect.EscapedLength(behind)
                : 0;
            if (escaped == 0)
            {
                target[length++] = text[i];
                continue;
            }

            behind[..escaped].CopyTo(target[length..]);
            length += escaped;
            i += escaped;
        }

        return target[..length];
    }

    int QuotedEscape(byte sign, ReadOnlySpan<byte> behind)
    {
        if (behind.IsEmpty) return 0;
        if (sign == dialect.Quote) return behind[0] == dialect.Quote ? 1 : 0;
        return sign == dialect.Escape && (behind[0] == dialect.Quote || behind[0] == dialect.Escape) ? 1 : 0;
    }
}
