namespace OrleansIngest.Engine.Targets.Postgres.Encoders;

/// <summary>Checks whether a text is JSON by RFC 8259, as PostgreSQL does.</summary>
/// <remarks>Without recursion: open brackets are one bit per level. Nesting deeper than <see cref="MaxDepth"/>, and values for
/// which jsonb has limits of its own (long numbers, escapes of surrogates and of NUL), are left to the server.</remarks>
ref struct JsonChecker(ReadOnlySpan<byte> text, bool forJsonb)
{
    const int MaxDepth = 64;
    const int LongestSureNumber = 200;
    const int Yes = 0, No = ColumnEncoder.Rejected, Unsure = ColumnEncoder.AskServer;

    readonly ReadOnlySpan<byte> _text = text;
    readonly bool _forJsonb = forJsonb;
    int _at;

    public int Check()
    {
        ulong objects = 0; // bit 0: the innermost open bracket is a brace
        var depth = 0;
        var unsure = false;
        while (true)
        {
            SkipSpace();
            if (_at == _text.Length)
                return No;
            var first = _text[_at];
            if (first is (byte)'{' or (byte)'[')
            {
                if (depth++ == MaxDepth)
                    return Unsure;
                objects = (objects << 1) | (first == '{' ? 1UL : 0);
                _at++;
                SkipSpace();
                if (_at < _text.Length && _text[_at] == (first == '{' ? '}' : ']'))
                    goto Closed;
                var name = first == '{' ? Name() : Yes;
                if (name == No)
                    return No;
                unsure |= name == Unsure;
                continue;
            }

            var outcome = first == '"' ? String() : first is (byte)'-' or (>= (byte)'0' and <= (byte)'9') ? Number() : Word();
            if (outcome == No)
                return No;
            unsure |= outcome == Unsure;
            goto ValueEnded;

        Closed:
            _at++;
            depth--;
            objects >>= 1;
        ValueEnded:
            SkipSpace();
            if (depth == 0)
                return _at < _text.Length ? No : unsure ? Unsure : Yes;
            if (_at == _text.Length)
                return No;
            var inObject = (objects & 1) != 0;
            if (_text[_at] == (inObject ? '}' : ']'))
                goto Closed;
            if (_text[_at++] != ',')
                return No;
            if (inObject)
            {
                var name = Name();
                if (name == No)
                    return No;
                unsure |= name == Unsure;
            }
        }
    }

    void SkipSpace()
    {
        while (_at < _text.Length && _text[_at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            _at++;
    }

    int Name()
    {
        SkipSpace();
        if (_at == _text.Length || _text[_at] != '"')
            return No;
        var outcome = String();
        SkipSpace();
        return outcome == No || _at == _text.Length || _text[_at++] != ':' ? No : outcome;
    }

    int String()
    {
        var outcome = Yes;
        for (_at++; _at < _text.Length; _at++)
        {
            var character = _text[_at];
            if (character == '"')
            {
                _at++;
                return outcome;
            }

            if (character < ' ')
                return No;
            if (character != '\\')
                continue;
            if (++_at == _text.Length)
                return No;
            switch (_text[_at])
            {
                case (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t':
                    break;
                case (byte)'u':
                    var code = Escape();
                    if (code < 0)
                        return No;
                    if (_forJsonb && code is 0 or (>= 0xD800 and <= 0xDFFF))
                        outcome = Unsure;
                    break;
                default:
                    return No;
            }
        }

        return No;
    }

    int Escape()
    {
        var code = 0;
        for (var i = 0; i < 4; i++)
        {
            if (++_at == _text.Length)
                return -1;
            var digit = Hex.ValueOf(_text[_at]);
            if (digit < 0)
                return -1;
            code = (code << 4) | digit;
        }

        return code;
    }

    int Number()
    {
        var start = _at;
        if (_text[_at] == '-')
            _at++;
        if (_at < _text.Length && _text[_at] == '0')
            _at++;
        else if (SkipDigits() == 0)
            return No;
        if (_at < _text.Length && _text[_at] == '.')
        {
            _at++;
            if (SkipDigits() == 0)
                return No;
        }

        var exponent = 0;
        if (_at < _text.Length && (_text[_at] | 0x20) == 'e')
        {
            _at++;
            if (_at < _text.Length && _text[_at] is (byte)'-' or (byte)'+')
                _at++;
            exponent = SkipDigits();
            if (exponent == 0)
                return No;
        }

        return _forJsonb && (exponent > 3 || _at - start > LongestSureNumber) ? Unsure : Yes;
    }

    int SkipDigits()
    {
        var start = _at;
        while (_at < _text.Length && ServerText.IsDigit(_text[_at]))
            _at++;
        return _at - start;
    }

    int Word()
    {
        var rest = _text[_at..];
        var length = rest.StartsWith("true"u8) || rest.StartsWith("null"u8) ? 4 : rest.StartsWith("false"u8) ? 5 : 0;
        _at += length;
        return length == 0 ? No : Yes;
    }
}
