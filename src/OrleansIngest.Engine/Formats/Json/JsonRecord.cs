
namespace OrleansIngest.Engine.Formats.Json;

/// <summary>Parses records into fields, one after the other. Not safe for concurrent use.</summary>
/// <remarks>Hot: <see cref="Parse"/> and the accessors allocate nothing for a valid record.</remarks>
sealed class JsonRecord(JsonLayout layout)
{
    const int MostAliases = 1024;

    readonly Slot[] _slots = new Slot[layout.FieldCount];
    readonly FieldForm[] _forms =
        [.. Enumerable.Range(0, layout.FieldCount).Select(i => i < layout.Forms.Count ? layout.Forms[i] : FieldForm.Text)];
    readonly Dictionary<string, int> _aliases = [];
    readonly JsonExtras? _others = layout.Others >= 0 ? new JsonExtras() : null;
    byte[] _text = [];
    byte[] _scratch = new byte[1024];
    int _scratchLength;
    int _offset;
    int _length;

    enum Place : byte
    {
        Absent,
        Null,
        Text,
        Scratch,
        Others,
    }

    /// <summary>At least as many bytes as all fields together.</summary>
    public int FieldBytes { get; private set; }

    /// <summary>Why the record is broken.</summary>
    public RecordFault Fault { get; private set; }

    /// <summary>The flaw found by the scanner; none for any other kind of fault.</summary>
    public JsonFlaw Flaw { get; private set; }

    /// <summary>A field's value.</summary>
    public ReadOnlySpan<byte> Field(int index)
    {
        ref readonly var slot = ref _slots[index];
        return slot.Place switch
        {
            Place.Text => _text.AsSpan(_offset + slot.Start, slot.Length),
            Place.Scratch => _scratch.AsSpan(slot.Start, slot.Length),
            Place.Others => _others!.Text,
            _ => default,
        };
    }

    /// <summary>Whether a field is absent or null.</summary>
    public bool IsNull(int index) => _slots[index].Place <= Place.Null;

    /// <summary>Parses a record. The bytes must stay unchanged until the next one.</summary>
    /// <param name="text">Contains the record.</param>
    /// <param name="offset">Where the record starts in it.</param>
    /// <param name="length">Its length; surrounding white space is ignored.</param>
    /// <returns>False when it is not a record: see <see cref="Fault"/>.</returns>
    public bool Parse(byte[] text, int offset, int length)
    {
        (_text, _offset, _length, _scratchLength, FieldBytes, Flaw) = (text, offset, length, 0, 0, JsonFlaw.None);
        Array.Clear(_slots);
        _others?.Clear();
        var scanner = new JsonScanner(text.AsSpan(offset, length));
        scanner.SkipBlanks();
        if (!Walk(ref scanner, 0)) return scanner.Flaw != JsonFlaw.None && Malformed(ref scanner);
        scanner.SkipBlanks();
        if (scanner.Current < 0) return true;
        scanner.Flaw = JsonFlaw.Structure;
        return Malformed(ref scanner, "there is text after the record");
    }

    /// <summary>Follows the path to the record, then parses it.</summary>
    bool Walk(ref JsonScanner scanner, int step)
    {
        if (step == layout.Path.Steps.Count) return Object(ref scanner, layout.Keys, isRecord: true);
        if (scanner.Current != '{') return scanner.Value() && Refuse(JsonFaults.NoPath(layout.Path));
        scanner.At++;
        scanner.SkipBlanks();
        var isFound = false;
        for (var isFirst = true; scanner.Current != '}'; isFirst = false)
        {
            if (!isFirst && !scanner.Pass((byte)',')) return false;
            var start = scanner.At;
            if (!scanner.String(out _)) return false;
            var isIt = !isFound && JsonText.Decode(scanner.Slice(start + 1, scanner.At - 1)) == layout.Path.Steps[step];
            if (!scanner.Pass((byte)':')) return false;
            isFound |= isIt;
            if (!(isIt ? Walk(ref scanner, step + 1) : scanner.Value())) return false;
            scanner.SkipBlanks();
        }

        scanner.At++;
        return isFound || Refuse(JsonFaults.NoPath(layout.Path));
    }

    bool Object(ref JsonScanner scanner, JsonKeys keys, bool isRecord)
    {
        if (scanner.Current != '{')
            return scanner.Value() && Refuse(JsonFaults.NoObject);
        scanner.At++;
        scanner.SkipBlanks();
        if (scanner.Current == '}')
        {
            scanner.At++;
            return true;
        }

        var expected = 0;
        while (true)
        {
            var keyStart = scanner.At + 1;
            if (!scanner.String(out var isEscaped)) return false;
            var keyEnd = scanner.At - 1;
            if (!scanner.Pass((byte)':')) return false;
            var key = isEscaped ? -1 : keys.Find(scanner.Slice(keyStart, keyEnd), ref expected);
            var field = key >= 0 ? keys.FieldOf(key) : -1;
            var inside = key >= 0 ? keys.Inside(key) : null;
            if (key < 0 && !FindOther(scanner.Slice(keyStart, keyEnd), keys, isRecord, ref field, ref inside)) return false;
            if (!Value(ref scanner, field, inside, keyStart, keyEnd)) return false;
            scanner.SkipBlanks();
            if (scanner.Current == '}') break;
            if (!scanner.Pass((byte)',')) return false;
        }

        scanner.At++;
        return true;
    }

    bool Value(ref JsonScanner scanner, int field, JsonKeys? inside, int keyStart, int keyEnd)
    {
        var start = scanner.At;
        var first = scanner.Current;
        var isEscaped = false;
        var isSound = first switch
        {
            '"' => scanner.String(out isEscaped),
            '{' when inside is not null => Object(ref scanner, inside, isRecord: false),
            '{' or '[' => scanner.Container(),
            _ => scanner.Scalar(),
        };
        if (!isSound) return false;
        if (field < 0) return true;
        ref var slot = ref _slots[field];
        if (field == layout.Others) return AddOther(ref slot, scanner.Slice(keyStart, keyEnd),
            first == 'n' ? default : scanner.Slice(start, scanner.At));
        if (slot.Place != Place.Absent) return Refuse(
            JsonFaults.Ambiguous(layout.Names[field], JsonText.Decode(scanner.Slice(keyStart, keyEnd))));
        if (first == 'n')
        {
            slot.Place = Place.Null;
            return true;
        }

        var form = _forms[field];
        if (first == '"' && form is (FieldForm.Text or FieldForm.Array or FieldForm.Bytes))
        {
            start++;
            if (isEscaped) return Unescape(ref scanner, ref slot, start, scanner.At - 1, field);
            slot = new Slot(Place.Text, start, scanner.At - 1 - start);
        }
        else if (first == '[' && form == FieldForm.Array)
        {
            return ToArray(ref scanner, ref slot, start, field);
        }
        else
        {
            slot = new Slot(Place.Text, start, scanner.At - start);
        }

        FieldBytes += slot.Length;
        return true;
    }

    /// <summary>Cold.</summary>
    bool AddOther(ref Slot slot, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var name = JsonText.Decode(key);
        if (!_others!.Add(name, key, value))
            return Refuse(JsonFaults.Ambiguous(name, null));
        FieldBytes += JsonExtras.MostBytes(key, value);
        if (_others.Text.Length > 0) slot = new Slot(Place.Others, 0, 0);
        return true;
    }

    bool Unescape(ref JsonScanner scanner, ref Slot slot, int start, int end, int field)
    {
        Reserve(end - start);
        var length = JsonText.Unescape(scanner.Slice(start, end), _scratch.AsSpan(_scratchLength), out var flaw);
        return flaw == JsonTextFlaw.None ? Keep(ref slot, length) : RefuseText(flaw, field);
    }

    bool ToArray(ref JsonScanner scanner, ref Slot slot, int start, int field)
    {
        Reserve(ArrayLiteral.MaxBytes(scanner.At - start));
        var length = ArrayLiteral.Write(scanner.Slice(start, scanner.At), _scratch.AsSpan(_scratchLength), out var flaw);
        return flaw == JsonTextFlaw.None ? Keep(ref slot, length) : RefuseText(flaw, field);
    }

    bool Keep(ref Slot slot, int length)
    {
        slot = new Slot(Place.Scratch, _scratchLength, length);
        _scratchLength += length;
        FieldBytes += length;
        return true;
    }

    void Reserve(int bytes)
    {
        if (_scratch.Length - _scratchLength < bytes)
            Array.Resize(ref _scratch, Math.Max(_scratchLength + bytes, 2 * _scratch.Length));
    }

    /// <summary>A key that does not occur literally in the layout: with escapes, in other case, or new. Cold.</summary>
    bool FindOther(ReadOnlySpan<byte> inner, JsonKeys keys, bool isRecord, ref int field, ref JsonKeys? inside)
    {
        if (layout.IsClosed && !inner.Contains((byte)'\\')) return true; // deliberately omitted
        var name = JsonText.Decode(inner);
        var expected = int.MaxValue;
        var key = keys.Find(System.Text.Encoding.UTF8.GetBytes(name), ref expected);
        if (key >= 0)
        {
            (field, inside) = (keys.FieldOf(key), keys.Inside(key));
            return true;
        }

        if (layout.IsClosed || !isRecord) return true;
        if (!_aliases.TryGetValue(name, out field))
        {
            field = layout.ByFoldedName.GetValueOrDefault(HeaderName.Key(name), layout.Others);
            if (_aliases.Count < MostAliases) _aliases.Add(name, field);
        }

        return field >= 0 || Refuse(JsonFaults.UnknownKey(name, layout.SampledTo));
    }

    bool RefuseText(JsonTextFlaw flaw, int field) => Refuse(JsonFaults.OfValue(flaw, layout.Names[field]));

    bool Refuse(RecordFault fault)
    {
        Fault = fault;
        return false;
    }

    bool Malformed(ref JsonScanner scanner, string? what = null)
    {
        Flaw = scanner.Flaw;
        Fault = JsonFaults.OfFlaw(Flaw, what, _text.AsSpan(_offset, _length), scanner.At);
        return false;
    }

    struct Slot(Place place, int start, int length)
    {
        public Place Place = place;
        public int Start = start;
        public int Length = length;
    }
}
