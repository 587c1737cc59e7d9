using System.Buffers;

namespace OrleansIngest.Engine.Formats.Json;

/// <summary>The kinds of flaws of a JSON text.</summary>
enum JsonFlaw
{
    None,

    /// <summary>A single value is invalid: a number with a leading zero, <c>tru</c>, an unknown escape. Its surroundings are
    /// valid.</summary>
    Token,

    /// <summary>Brackets, commas, colons or quotes: the structure after them is unknown.</summary>
    Structure,

    /// <summary>Nested too deeply.</summary>
    Depth,
}

/// <summary>Scans one JSON text, strictly by RFC 8259.</summary>
/// <remarks>Hot: allocates nothing. Methods that return false leave <see cref="At"/> at the flaw.</remarks>
ref struct JsonScanner(ReadOnlySpan<byte> text)
{
    /// <summary>Maximum nesting of objects and arrays, including the record itself.</summary>
    public const int MaxDepth = 512;

    static readonly SearchValues<byte> NotPlain = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(control => (byte)control), (byte)'"', (byte)'\\']);

    readonly ReadOnlySpan<byte> _text = text;

    /// <summary>The current offset.</summary>
    public int At;

    /// <summary>The flaw; only after a method has returned false.</summary>
    public JsonFlaw Flaw;

    /// <summary>The current byte, or -1 at the end.</summary>
    public readonly int Current => At < _text.Length ? _text[At] : -1;

    /// <summary>A part of the text.</summary>
    public readonly ReadOnlySpan<byte> Slice(int start, int end) => _text[start..end];

    /// <summary>Skips spaces, tabs and line breaks.</summary>
    public void SkipBlanks()
    {
        while (At < _text.Length && _text[At] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t') At++;
    }

    /// <summary>Skips one expected byte and the white space around it.</summary>
    public bool Pass(byte expected)
    {
        SkipBlanks();
        if (Current != expected) return Fail(JsonFlaw.Structure);
        At++;
        SkipBlanks();
        return true;
    }

    /// <summary>Skips a string, from its quote on.</summary>
    /// <param name="isEscaped">Whether it has escapes.</param>
    public bool String(out bool isEscaped)
    {
        isEscaped = false;
        if (Current != '"') return Fail(JsonFlaw.Structure);
        At++;
        while (true)
        {
            var plain = _text[At..].IndexOfAny(NotPlain);
            if (plain < 0)
            {
                At = _text.Length;
                return Fail(JsonFlaw.Structure);
            }

            At += plain;
            if (_text[At] == '"')
            {
                At++;
                return true;
            }

            // a raw line break in a string: more likely a missing quote
            if (_text[At] != '\\') return Fail(JsonFlaw.Structure);
            isEscaped = true;
            if (!Escape()) return false;
        }
    }

    /// <summary>Skips a value of any kind.</summary>
    public bool Value() => Current is '{' or '[' ? Container() : Scalar();

    /// <summary>Skips a string, number, <c>true</c>, <c>false</c> or <c>null</c>.</summary>
    public bool Scalar()
    {
        switch (Current)
        {
            case '"': return String(out _);
            case 't': return Word("true"u8);
            case 'f': return Word("false"u8);
            case 'n': return Word("null"u8);
            case '-' or (>= '0' and <= '9'): return Number();
            case '}' or ']' or ',' or ':' or -1: return Fail(JsonFlaw.Structure);
            default: return BadWord(At);
        }
    }

    /// <summary>Skips an object or array with its content.</summary>
    public bool Container()
    {
        Span<ulong> objects = stackalloc ulong[MaxDepth / 64];
        for (var depth = 0; ;)
        {
            // At an opening bracket.
            if (depth == MaxDepth) return Fail(JsonFlaw.Depth);
            var isObject = _text[At++] == '{';
            if (isObject) objects[depth / 64] |= 1UL << (depth % 64);
            else objects[depth / 64] &= ~(1UL << (depth % 64));
            depth++;
            SkipBlanks();
            var isEmpty = Current == (isObject ? '}' : ']');
            if (!isEmpty && !UpToValue(isObject)) return false;
            while (isEmpty || Current is not ('{' or '['))
            {
                if (!isEmpty && !Scalar()) return false;
                isEmpty = false;
                SkipBlanks();
                while (Current == (isObject ? '}' : ']'))
                {
                    At++;
                    if (--depth == 0) return true;
                    isObject = (objects[(depth - 1) / 64] >> ((depth - 1) % 64) & 1) != 0;
                    SkipBlanks();
                }

                if (Current != ',') return Fail(JsonFlaw.Structure);
                At++;
                SkipBlanks();
                if (!UpToValue(isObject)) return false;
            }
        }
    }

    /// <summary>Skips a number.</summary>
    public bool Number()
    {
        var start = At;
        if (Current == '-') At++;
        if (Current == '0') At++;
        else if (!Digits()) return BadWord(start);
        if (Current == '.')
        {
            At++;
            if (!Digits()) return BadWord(start);
        }

        if (Current is 'e' or 'E')
        {
            At++;
            if (Current is '+' or '-') At++;
            if (!Digits()) return BadWord(start);
        }

        return IsWordEnd || BadWord(start);
    }

    /// <summary>Skips <c>true</c>, <c>false</c> or <c>null</c>.</summary>
    public bool Word(ReadOnlySpan<byte> word)
    {
        var start = At;
        if (!_text[At..].StartsWith(word)) return BadWord(start);
        At += word.Length;
        return IsWordEnd || BadWord(start);
    }

    readonly bool IsWordEnd => Current is -1 or ',' or '}' or ']' or ' ' or '\n' or '\r' or '\t' or ':';

    /// <summary>Skips an object's key and colon; nothing in an array.</summary>
    bool UpToValue(bool isObject) => !isObject || (String(out _) && Pass((byte)':'));

    bool Digits()
    {
        var start = At;
        while (At < _text.Length && (uint)(_text[At] - '0') <= 9) At++;
        return At > start;
    }

    bool Escape()
    {
        var next = At + 1 < _text.Length ? _text[At + 1] : -1;
        if (next is '"' or '\\' or '/' or 'b' or 'f' or 'n' or 'r' or 't')
        {
            At += 2;
            return true;
        }

        if (next == 'u' && At + 6 <= _text.Length && JsonText.Hex(_text.Slice(At + 2, 4)) >= 0)
        {
            At += 6;
            return true;
        }

        return Fail(next < 0 ? JsonFlaw.Structure : JsonFlaw.Token);
    }

    /// <summary>A word that is not a value: only the word is flawed if it ends like a value.</summary>
    bool BadWord(int start)
    {
        At = start;
        while (char.IsAsciiLetterOrDigit((char)Math.Max(Current, 0)) || Current is '+' or '-' or '.' or '_') At++;
        var isWord = At > start && IsWordEnd;
        At = start;
        return Fail(isWord ? JsonFlaw.Token : JsonFlaw.Structure);
    }

    bool Fail(JsonFlaw flaw)
    {
        Flaw = flaw;
        return false;
    }
}
