using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;

namespace OrleansIngest.Engine.Formats.Json;

/// <summary>The keys of one level of the records, and the fields that they fill: a tree, because a field may be nested. Safe for
/// concurrent use.</summary>
sealed class JsonKeys
{
    readonly byte[][] _names;
    readonly int[] _fields;
    readonly JsonKeys?[] _inner;
    readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _byName;

    JsonKeys(byte[][] names, int[] fields, JsonKeys?[] inner)
    {
        (_names, _fields, _inner) = (names, fields, inner);
        var byName = new Dictionary<byte[], int>(Utf8Names.Instance);
        for (var i = 0; i < names.Length; i++) byName.TryAdd(names[i], i);
        _byName = byName.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>The tree of paths; the index of each in the list is its field.</summary>
    public static JsonKeys Of(IReadOnlyList<IReadOnlyList<string>> paths) =>
        Of([.. paths.Select((path, field) => (path, field))], 0);

    /// <summary>How many keys this level has.</summary>
    public int Count => _names.Length;

    /// <summary>The key's number at this level, or -1.</summary>
    /// <param name="key">Its UTF-8, escapes resolved.</param>
    /// <param name="expected">Index to try first, because programs write the keys of all records in one order; advanced by the
    /// call.</param>
    public int Find(ReadOnlySpan<byte> key, ref int expected)
    {
        var next = expected;
        if (next < _names.Length && key.SequenceEqual(_names[next]))
        {
            expected = next + 1;
            return next;
        }

        if (!_byName.TryGetValue(key, out var found)) return -1;
        expected = found + 1;
        return found;
    }

    /// <summary>The field that a key fills, or -1.</summary>
    public int FieldOf(int key) => _fields[key];

    /// <summary>The level below a key, if it has fields.</summary>
    public JsonKeys? Inside(int key) => _inner[key];

    static JsonKeys Of(List<(IReadOnlyList<string> Path, int Field)> paths, int depth)
    {
        var groups = paths.GroupBy(p => p.Path[depth], StringComparer.Ordinal).ToArray();
        var names = new byte[groups.Length][];
        var fields = new int[groups.Length];
        var inner = new JsonKeys?[groups.Length];
        for (var i = 0; i < groups.Length; i++)
        {
            names[i] = Encoding.UTF8.GetBytes(groups[i].Key);
            fields[i] = groups[i].Where(p => p.Path.Count == depth + 1).Select(p => p.Field).DefaultIfEmpty(-1).First();
            List<(IReadOnlyList<string>, int)> deeper = [.. groups[i].Where(p => p.Path.Count > depth + 1)];
            inner[i] = deeper.Count > 0 ? Of(deeper, depth + 1) : null;
        }

        return new JsonKeys(names, fields, inner);
    }

    sealed class Utf8Names : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static Utf8Names Instance { get; } = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = (uint)alternate.Length * 0x9E3779B1u;
            for (; alternate.Length >= 4; alternate = alternate[4..])
                hash = (uint.RotateLeft(hash, 5) ^ MemoryMarshal.Read<uint>(alternate)) * 0x85EBCA77u;
            foreach (var letter in alternate) hash = (uint.RotateLeft(hash, 5) ^ letter) * 0xC2B2AE3Du;
            return (int)(hash ^ (hash >> 15));
        }
    }
}
