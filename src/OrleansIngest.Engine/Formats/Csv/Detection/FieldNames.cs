using OrleansIngest.Engine.Diagnostics;

namespace OrleansIngest.Engine.Formats.Csv.Detection;

/// <summary>
/// The names of the fields if header and records have different numbers of fields. The records determine the number; an
/// assignment of names to fields is accepted only if exactly one explains both; otherwise the file is refused.
/// </summary>
/// <param name="Names">A name for each field, empty for none; null when the header has as many fields as the records, or there is
/// none.</param>
/// <param name="Finding">What is unusual about the header, human-readable; null for nothing.</param>
readonly record struct FieldNames(IReadOnlyList<string>? Names, string? Finding)
{
    const int MostNamesShown = 6;
    const string MisplacedQuote = "the header has a misplaced quote, which is treated as part of a name";

    /// <summary>Compares header and records.</summary>
    /// <exception cref="LayoutException">Several assignments are equally good.</exception>
    public static FieldNames Of(ReadOnlySpan<byte> text, SplittingScore score, TableOutline outline)
    {
        if (outline.HeaderRecords == 0 || score.Width < 2) return default;
        var last = outline.HeaderAt + outline.HeaderRecords - 1;
        var header = score.Records[last];
        if (outline.HeaderRecords > 1) return new FieldNames(Joined(text, score, outline), null);
        if (header.Width == score.Width && !header.IsBroken) return default;
        if (last + 1 >= score.Records.Count) return default; // nothing but a header
        var names = header.Fields.Select(_ => "").ToArray();
        for (var i = 0; i < names.Length; i++) names[i] = SampleText.Text(header.Fields[i].Of(text));
        if (header.Width != score.Width && AsWritten(text, header, score.Splitting, score.Width) is { } written)
            return new FieldNames(written, MisplacedQuote);
        return names.Length == score.Width ? new FieldNames(names, MisplacedQuote)
            : names.Length > score.Width ? Longer(names, score.Width, header.Line)
            : Shorter(text, score, names, last);
    }

    /// <summary>The names from several lines. A name followed by empty fields is the name of a group, and applies to all its
    /// fields that have a name below.</summary>
    static string[] Joined(ReadOnlySpan<byte> text, SplittingScore score, TableOutline outline)
    {
        var names = new List<string>[score.Width];
        for (var field = 0; field < score.Width; field++) names[field] = [];
        for (var i = outline.HeaderAt; i < outline.HeaderAt + outline.HeaderRecords; i++)
        {
            var isLast = i == outline.HeaderAt + outline.HeaderRecords - 1;
            var group = "";
            for (var field = 0; field < Math.Min(score.Width, score.Records[i].Width); field++)
            {
                var name = SampleText.Text(score.Records[i].Fields[field].Of(text));
                if (name.Length > 0) group = isLast ? "" : name;
                else if (names[field].Count == 0 && IsNamedBelow(text, score, outline, i, field)) name = group;
                if (name.Length > 0) names[field].Add(name);
            }
        }

        return [.. names.Select(parts => string.Join(' ', parts))];
    }

    static bool IsNamedBelow(ReadOnlySpan<byte> text, SplittingScore score, TableOutline outline, int record, int field)
    {
        for (var i = record + 1; i < outline.HeaderAt + outline.HeaderRecords; i++)
            if (field < score.Records[i].Width && score.Records[i].Fields[field].Of(text).Length > 0) return true;
        return false;
    }

    /// <summary>Fields between delimiters, ignoring quotes; null when their number differs from that of the records.</summary>
    static string[]? AsWritten(ReadOnlySpan<byte> text, SampleRecord header, Splitting splitting, int width)
    {
        if (!header.IsBroken) return null;
        var from = header.Fields[0].Start - (header.Fields[0].IsQuoted ? 1 : 0);
        var line = text[from..];
        line = line[..(line.IndexOfAny((byte)'\n', (byte)'\r') is var end and >= 0 ? end : line.Length)];
        var names = SampleText.Text(line).Split(splitting.Delimiter);
        if (names.Length != width) return null;
        for (var i = 0; i < names.Length; i++)
            if (names[i].Length > 1 && names[i][0] == splitting.Quote && names[i][^1] == splitting.Quote)
                names[i] = names[i][1..^1];
        return names;
    }

    static FieldNames Longer(string[] names, int width, int line)
    {
        var surplus = names.Length - width;
        if (names[width..].All(string.IsNullOrWhiteSpace)) return default; // trailing delimiters: the reader handles them
        if (names.Count(string.IsNullOrWhiteSpace) == surplus)
        {
            return new FieldNames(
                [.. names.Where(name => !string.IsNullOrWhiteSpace(name))],
                $"the header has {Counted.Of(surplus, "unnamed field")} that the records do not have; the names are "
                    + "assigned in order");
        }

        throw new LayoutException(
            $"the header (record of line {line}) names {Counted.Of(names.Length, "field")}, but the records have {width}. "
            + $"Which names have no field? List the names of the fields in order: {HowToName}, or \"csv\": {{ \"raggedRows\": "
            + $"\"fit\" }} if the last {Counted.Of(surplus, "field")} of every record are missing");
    }

    static FieldNames Shorter(ReadOnlySpan<byte> text, SplittingScore score, string[] names, int header)
    {
        var missing = score.Width - names.Length;
        var (lastAreEmpty, lastAreBlank, firstIsKey) = Look(text, score, header + 1, names.Length);
        string[] inOrder = [.. names, .. Enumerable.Repeat("", missing)];
        // trailing delimiters of the records: the reader handles them
        if (lastAreEmpty) return new FieldNames(score.Records[header].IsBroken ? names : null, null);
        if (lastAreBlank) return new FieldNames(inOrder,
            $"the header names {names.Length} of {Counted.Of(score.Width, "field")}; the last ones are nameless");
        if (missing == 1 && firstIsKey)
        {
            return new FieldNames(
                ["", .. names],
                $"the header names {names.Length} of {Counted.Of(score.Width, "field")}; the first field, different in every "
                    + "record, is treated as the row's name, as written by R");
        }

        throw new LayoutException(
            $"the header names {Counted.Of(names.Length, "field")} ({Some(names)}), but the records have {score.Width}. Which "
            + $"field has no name, the first or the last? List the names of the fields in order: {HowToName}");
    }

    static string HowToName =>
        "--columns A,B,C, or \"csv\": { \"columns\": [\"A\", \"B\", \"C\"] } in the pipeline's configuration";

    static string Some(string[] names) => string.Join(", ", names.Take(MostNamesShown))
        + (names.Length > MostNamesShown ? ", …" : "");

    static (bool LastAreEmpty, bool LastAreBlank, bool FirstIsKey) Look(
        ReadOnlySpan<byte> text, SplittingScore score, int from, int names)
    {
        bool areEmpty = true, areBlank = true, isKey = true;
        var keys = new HashSet<string>();
        for (var i = from; i < score.Records.Count; i++)
        {
            var record = score.Records[i];
            if (record.Width != score.Width) continue;
            isKey &= record.Fields[0].Length > 0 && keys.Add(SampleText.Text(record.Fields[0].Of(text)));
            for (var field = names; field < score.Width; field++)
            {
                var value = record.Fields[field].Of(text);
                areEmpty &= value.IsEmpty;
                areBlank &= value.Trim(" \t\r\n"u8).IsEmpty;
            }
        }

        return (areEmpty, areBlank, isKey && keys.Count > 1);
    }
}
