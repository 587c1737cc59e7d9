using OrleansIngest.Engine.Formats.Json;

namespace OrleansIngest.Engine.Formats.Parquet;

/// <summary>A field of the schema, with its nested fields, over the leaves of one reader. Writes the next row's value, and
/// consumes its entries.</summary>
abstract class ParquetNode
{
    /// <summary>Its name in the schema.</summary>
    public required string Name { get; init; }

    /// <summary>The definition level at which it is not NULL.</summary>
    public required int Definition { get; init; }

    /// <summary>The leaves inside it; never empty.</summary>
    public required IReadOnlyList<ParquetLeaf> Leaves { get; init; }

    /// <summary>Writes the next value.</summary>
    /// <returns>False, with nothing written, when it is NULL.</returns>
    public bool Write(FieldTexts target, FieldForm form)
    {
        if (Leaves[0].Definition < Definition)
        {
            Pass();
            return false;
        }

        WriteValue(target, form);
        return true;
    }

    /// <summary>Writes a value that is not NULL, and consumes its entries.</summary>
    protected abstract void WriteValue(FieldTexts target, FieldForm form);

    /// <summary>Skips one entry of each leaf.</summary>
    protected void Pass()
    {
        foreach (var leaf in Leaves) leaf.Skip();
    }

    /// <summary>Writes the next value inside JSON or an array.</summary>
    protected void WriteInside(ParquetNode inner, FieldTexts target, FieldForm form)
    {
        // Inside a PostgreSQL array, an object or map is a text that contains JSON.
        if (form == FieldForm.Array && inner is StructNode or MapNode) inner.WriteQuoted(target);
        else if (!inner.Write(target, form)) target.Write(form == FieldForm.Array ? "NULL"u8 : "null"u8);
    }

    void WriteQuoted(FieldTexts target)
    {
        var start = target.Length;
        if (!Write(target, FieldForm.Json))
        {
            target.Write("NULL"u8);
            return;
        }

        var json = target.From(start).ToArray();
        target.CutTo(start);
        target.Advance(ArrayLiteral.Quote(json, target.Reserve(2 * json.Length + 2)));
    }
}

/// <summary>A field of one value.</summary>
sealed class LeafNode : ParquetNode
{
    protected override void WriteValue(FieldTexts target, FieldForm form)
    {
        Leaves[0].Write(target, form);
        Leaves[0].Skip();
    }
}

/// <summary>A group of fields: an object in JSON.</summary>
sealed class StructNode : ParquetNode
{
    /// <summary>Its fields.</summary>
    public required IReadOnlyList<ParquetNode> Fields { get; init; }

    /// <summary>Their names as JSON strings followed by a colon, all but the first preceded by a comma.</summary>
    public required IReadOnlyList<byte[]> Keys { get; init; }

    protected override void WriteValue(FieldTexts target, FieldForm form)
    {
        target.Write((byte)'{');
        for (var i = 0; i < Fields.Count; i++)
        {
            target.Write(Keys[i]);
            WriteInside(Fields[i], target, FieldForm.Json);
        }

        target.Write((byte)'}');
    }
}

/// <summary>A list: an array in JSON or in PostgreSQL.</summary>
sealed class ListNode : ParquetNode
{
    /// <summary>Its elements.</summary>
    public required ParquetNode Element { get; init; }

    /// <summary>The definition level at which it has an element.</summary>
    public required int NotEmpty { get; init; }

    /// <summary>The repetition level at which it continues.</summary>
    public required int Repetition { get; init; }

    protected override void WriteValue(FieldTexts target, FieldForm form)
    {
        var isArray = form == FieldForm.Array;
        var inner = isArray ? form : FieldForm.Json;
        target.Write(isArray ? (byte)'{' : (byte)'[');
        if (Leaves[0].Definition < NotEmpty)
        {
            Pass();
        }
        else
        {
            WriteInside(Element, target, inner);
            while (Leaves[0].Repetition >= Repetition)
            {
                target.Write((byte)',');
                WriteInside(Element, target, inner);
            }
        }

        target.Write(isArray ? (byte)'}' : (byte)']');
    }
}

/// <summary>A map: an object in JSON, its keys as texts.</summary>
sealed class MapNode : ParquetNode
{
    /// <summary>A leaf: other keys are not texts.</summary>
    public required ParquetNode Key { get; init; }

    /// <summary>The values; null for a map with only keys.</summary>
    public required ParquetNode? Value { get; init; }

    /// <summary>The definition level at which it has an entry.</summary>
    public required int NotEmpty { get; init; }

    /// <summary>The repetition level at which it continues.</summary>
    public required int Repetition { get; init; }

    protected override void WriteValue(FieldTexts target, FieldForm form)
    {
        target.Write((byte)'{');
        if (Leaves[0].Definition < NotEmpty)
        {
            Pass();
        }
        else
        {
            Entry(target);
            while (Leaves[0].Repetition >= Repetition)
            {
                target.Write((byte)',');
                Entry(target);
            }
        }

        target.Write((byte)'}');
    }

    void Entry(FieldTexts target)
    {
        var start = target.Length;
        if (!Key.Write(target, FieldForm.Json)) target.Write("\"\""u8);
        if (target.From(start) is [not (byte)'"', ..]) // a number: as a text
        {
            target.Write("\"\""u8);
            var key = target.From(start);
            key[..^2].CopyTo(key[1..]);
            key[0] = (byte)'"';
        }

        target.Write((byte)':');
        if (Value is null) target.Write("null"u8);
        else WriteInside(Value, target, FieldForm.Json);
    }
}
