using System.Buffers;
using System.Text;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Json;

namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>How fields without a column become one JSON object, as an additional last field.</summary>
sealed record RescuePlan
{
    /// <summary>The index of the object's field.</summary>
    public required int Field { get; init; }

    /// <summary>The fields in the object, each with its key as JSON, including the colon.</summary>
    public required IReadOnlyList<(int Field, byte[] Key)> Members { get; init; }

    /// <summary>The field with the late keys, as members of an object; -1 for none.</summary>
    public required int Others { get; init; }

    /// <summary>Whether the fields are JSON; otherwise they are texts.</summary>
    public required bool IsJson { get; init; }

    /// <summary>Whether a record without such a field gets an empty object, because the column refuses NULL.</summary>
    public required bool NeedsObject { get; init; }

    /// <summary>Unique keys of an object for fields, because jsonb keeps only the last of equal ones.</summary>
    /// <param name="fields">The fields, from 0, and their names; empty for none.</param>
    public static IReadOnlyList<(int Field, byte[] Key)> KeysOf(IEnumerable<(int Field, string Name)> fields)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        return [.. fields.Select(field => (field.Field, Json(KeyOf(field.Field, field.Name))))];

        string KeyOf(int field, string name)
        {
            var key = name.Length > 0 ? name.Replace('\0', '\uFFFD') : $"#{field + 1}";
            while (!taken.Add(key)) key = $"{key} #{field + 1}";
            return key;
        }
    }

    static byte[] Json(string key)
    {
        var target = new ArrayBufferWriter<byte>();
        JsonString.Write(Encoding.UTF8.GetBytes(key), target);
        target.Write(":"u8);
        return target.WrittenSpan.ToArray();
    }
}

/// <summary>The object of one record.</summary>
/// <remarks>Hot: allocates only to grow.</remarks>
sealed class RescuedObject(RescuePlan plan)
{
    byte[] _bytes = new byte[256];
    bool _hasMembers;
    bool _isWritten;

    /// <summary>Its length in bytes.</summary>
    public int Length { get; private set; }

    /// <summary>The object; empty if it is NULL.</summary>
    public ReadOnlySpan<byte> Text => IsNull ? default : _bytes.AsSpan(0, Length);

    /// <summary>Whether the record has none of the fields.</summary>
    public bool IsNull => !_hasMembers && !plan.NeedsObject;

    /// <summary>Begins another record.</summary>
    public void Forget() => _isWritten = false;

    /// <summary>Writes the object, once per record, without NULLs.</summary>
    public void Write<TRecords>(ref TRecords record) where TRecords : struct, ITextRecords
    {
        if (_isWritten) return;
        (_isWritten, _hasMembers, Length) = (true, false, 0);
        Put("{"u8);
        foreach (var (field, key) in plan.Members)
        {
            var text = record.Field(field);
            if (text.IsEmpty && record.IsNull(field)) continue;
            Begin();
            Put(key);
            if (plan.IsJson) Put(text);
            else Length += JsonString.Write(text, Reserve(JsonString.MaxBytes(text.Length)));
        }

        if (plan.Others >= 0 && record.Field(plan.Others) is { IsEmpty: false } others)
        {
            Begin();
            Put(others);
        }

        Put("}"u8);
    }

    void Begin()
    {
        if (_hasMembers) Put(","u8);
        _hasMembers = true;
    }

    void Put(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        Length += bytes.Length;
    }

    Span<byte> Reserve(int bytes)
    {
        if (_bytes.Length - Length < bytes) Array.Resize(ref _bytes, Math.Max(Length + bytes, 2 * _bytes.Length));
        return _bytes.AsSpan(Length);
    }
}
