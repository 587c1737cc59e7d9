using System.Buffers;
using OrleansIngest.Engine.Formats.Json;
using Parquet;
using Parquet.Meta;
using Parquet.Schema;
using StoredType = Parquet.Meta.Type;

namespace OrleansIngest.Engine.Formats.Parquet;

/// <summary>Builds the fields of a file from its schema: the rules for lists and maps are those of the Parquet format, including
/// those for older writers.</summary>
sealed class ParquetTree
{
    /// <summary>The library instantiates these at run time, for each nullable column: listed here, they also exist in a program
    /// that is compiled ahead of time.</summary>
    static readonly System.Type[] Nullables =
    [
        typeof(bool?), typeof(int?), typeof(long?), typeof(float?), typeof(double?), typeof(ReadOnlyMemory<byte>?),
    ];

    readonly List<SchemaElement> _elements;
    readonly Dictionary<SchemaElement, ParquetKind> _kinds = new(ReferenceEqualityComparer.Instance);
    readonly Dictionary<string, DataField> _fields = new(StringComparer.Ordinal);
    int _next = 1;

    ParquetTree(ParquetReader reader)
    {
        _elements = reader.Metadata!.Schema;
        GC.KeepAlive(Nullables);
        foreach (var leaf in _elements.Where(element => element.Type is not null)) TakeMeaning(leaf);
        foreach (var field in reader.Schema.DataFields) _fields[string.Join('\0', field.Path.ToList())] = field;
    }

    /// <summary>The fields of the file's rows.</summary>
    /// <exception cref="LayoutException">The schema has something that cannot be read.</exception>
    public static IReadOnlyList<ParquetNode> Of(ParquetReader reader)
    {
        try
        {
            var tree = new ParquetTree(reader);
            return [.. tree.Children(tree._elements[0], [], 0, 0)];
        }
        catch (Exception failure) when (failure is not (LayoutException or SourceReadException or OutOfMemoryException))
        {
            throw new LayoutException($"the schema of the Parquet file cannot be read: {failure.Message}");
        }
    }

    /// <summary>Records the meaning of a leaf's values, and makes the library read them as stored: its own types lose
    /// nanoseconds, years outside .NET's range and bytes that are not text.</summary>
    void TakeMeaning(SchemaElement leaf)
    {
        _kinds.Add(leaf, ParquetKind.Of(leaf));
        (leaf.LogicalType, leaf.ConvertedType) = (null, null);
        if (leaf.Type == StoredType.INT96) (leaf.Type, leaf.TypeLength) = (StoredType.FIXED_LEN_BYTE_ARRAY, 12);
    }

    List<ParquetNode> Children(SchemaElement group, IReadOnlyList<string> path, int definition, int repetition)
    {
        var children = new List<ParquetNode>();
        for (var i = 0; i < (group.NumChildren ?? 0); i++) children.Add(Field(path, definition, repetition));
        return children;
    }

    /// <summary>The field that starts at the next element.</summary>
    ParquetNode Field(IReadOnlyList<string> path, int definition, int repetition)
    {
        var element = _elements[_next++];
        string[] here = [.. path, element.Name];
        if (element.RepetitionType == FieldRepetitionType.REPEATED)
        {
            // Repeated without a list: a list of such values.
            ParquetNode item = element.Type is null
                ? Group(element, here, definition + 1, repetition + 1)
                : Leaf(element, here, definition + 1, repetition + 1);
            return List(element.Name, definition, item, definition + 1, repetition + 1);
        }

        if (element.RepetitionType == FieldRepetitionType.OPTIONAL) definition++;
        if (element.Type is not null) return Leaf(element, here, definition, repetition);
        if (IsList(element)) return ListOf(element, here, definition, repetition);
        return IsMap(element) ? MapOf(element, here, definition, repetition) : Group(element, here, definition, repetition);
    }

    StructNode Group(SchemaElement element, string[] path, int definition, int repetition)
    {
        var fields = Children(element, path, definition, repetition);
        if (fields.Count == 0) throw new InvalidDataException($"group {element.Name} is empty");
        return new StructNode
        {
            Name = element.Name,
            Definition = definition,
            Leaves = [.. fields.SelectMany(field => field.Leaves)],
            Fields = fields,
            Keys = [.. fields.Select((field, i) => KeyOf(field.Name, i == 0))],
        };
    }

    LeafNode Leaf(SchemaElement element, string[] path, int definition, int repetition)
    {
        if (!_fields.TryGetValue(string.Join('\0', path), out var field)
            || field.MaxDefinitionLevel != definition || field.MaxRepetitionLevel != repetition)
            throw new NotSupportedException($"{string.Join('.', path)} is nested in a way that Parquet.Net does not read (a "
                + $"list as older programs write it)");
        var leaf = ParquetLeaves.Of(element.Type!.Value, field, _kinds[element], definition, repetition);
        return new LeafNode { Name = element.Name, Definition = definition, Leaves = [leaf] };
    }

    static ListNode List(string name, int definition, ParquetNode item, int notEmpty, int repetition) => new()
    {
        Name = name,
        Definition = definition,
        Leaves = item.Leaves,
        Element = item,
        NotEmpty = notEmpty,
        Repetition = repetition,
    };

    ListNode ListOf(SchemaElement list, string[] path, int definition, int repetition)
    {
        var repeated = _elements[_next++];
        string[] inside = [.. path, repeated.Name];
        var isElement = repeated.Type is not null || repeated.NumChildren > 1 || repeated.Name == "array"
            || repeated.Name == list.Name + "_tuple";
        ParquetNode item = repeated.Type is not null ? Leaf(repeated, inside, definition + 1, repetition + 1)
            : isElement ? Group(repeated, inside, definition + 1, repetition + 1)
            : Field(inside, definition + 1, repetition + 1);
        return List(list.Name, definition, item, definition + 1, repetition + 1);
    }

    MapNode MapOf(SchemaElement map, string[] path, int definition, int repetition)
    {
        var entries = _elements[_next++];
        var fields = Children(entries, [.. path, entries.Name], definition + 1, repetition + 1);
        if (fields is not [LeafNode, ..] || fields.Count > 2) throw new NotSupportedException($"the keys of map {map.Name} "
            + $"are not single values");
        return new MapNode
        {
            Name = map.Name,
            Definition = definition,
            Leaves = [.. fields.SelectMany(field => field.Leaves)],
            Key = fields[0],
            Value = fields.Count > 1 ? fields[1] : null,
            NotEmpty = definition + 1,
            Repetition = repetition + 1,
        };
    }

    /// <summary>Marked as a list, with one repeated field inside.</summary>
    bool IsList(SchemaElement group) => (group.LogicalType?.LIST is not null || group.ConvertedType == ConvertedType.LIST)
        && HasOneRepeated(group);

    bool IsMap(SchemaElement group) =>
        (group.LogicalType?.MAP is not null || group.ConvertedType is ConvertedType.MAP or ConvertedType.MAP_KEY_VALUE)
        && HasOneRepeated(group) && _elements[_next].Type is null;

    bool HasOneRepeated(SchemaElement group) => group.NumChildren == 1
        && _elements[_next].RepetitionType == FieldRepetitionType.REPEATED;

    static byte[] KeyOf(string name, bool isFirst)
    {
        var key = new ArrayBufferWriter<byte>();
        if (!isFirst) key.Write(","u8);
        JsonString.Write(System.Text.Encoding.UTF8.GetBytes(name), key);
        key.Write(":"u8);
        return key.WrittenSpan.ToArray();
    }
}
