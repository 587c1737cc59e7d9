namespace OrleansIngest.Engine.Formats.Json;

/// <summary>The keys of one record without a field, with their values as written. Cold: most records have none.</summary>
sealed class JsonExtras
{
    readonly HashSet<string> _names = new(StringComparer.Ordinal);
    byte[] _text = [];
    int _length;

    /// <summary>Members of an object, without its brackets.</summary>
    public ReadOnlySpan<byte> Text => _text.AsSpan(0, _length);

    /// <summary>Begins another record.</summary>
    public void Clear()
    {
        if (_names.Count > 0) _names.Clear();
        _length = 0;
    }

    /// <summary>Adds a key.</summary>
    /// <param name="name">The key, escapes resolved.</param>
    /// <param name="key">As written, without quotes.</param>
    /// <param name="value">As written; empty for null, which is omitted.</param>
    /// <returns>False for a duplicate key.</returns>
    public bool Add(string name, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (!_names.Add(name)) return false;
        if (value.IsEmpty) return true;
        var needed = _length + MostBytes(key, value);
        if (_text.Length < needed) Array.Resize(ref _text, Math.Max(needed, 2 * _text.Length));
        if (_length > 0) Put(","u8);
        Put("\""u8);
        Put(key);
        Put("\":"u8);
        Put(value);
        return true;
    }

    /// <summary>Maximum length of a member.</summary>
    public static int MostBytes(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        const int Signs = 4; // a comma, two quotes, a colon
        return key.Length + value.Length + Signs;
    }

    void Put(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_text.AsSpan(_length));
        _length += bytes.Length;
    }
}
