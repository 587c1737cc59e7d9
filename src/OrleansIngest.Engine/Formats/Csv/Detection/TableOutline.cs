namespace OrleansIngest.Engine.Formats.Csv.Detection;

/// <summary>Which records at a file's beginning are the preamble, which the header, and where the data begins.</summary>
/// <param name="HeaderAt">Index of the header's first record; without a header, of the first record of the data.</param>
/// <param name="HeaderRecords">Number of records of the header.</param>
/// <param name="Evidence">Whether the data proves it: kinds that the header's fields do not have, or names of the table's
/// columns. Otherwise it is the usual assumption.</param>
readonly record struct TableOutline(int HeaderAt, int HeaderRecords, bool Evidence)
{
    const int MostBefore = 60;
    const int RecordsForKinds = 100;
    const double IsOfKind = 0.9;
    const int MostHeaderRecords = 8;

    /// <summary>Maximum number of records of the table's width before its data begins.</summary>
    const int MostLooked = 16;

    /// <summary>A value that is repeated within this many records is not a name: headers are repeated after a page at the
    /// earliest.</summary>
    const int SoonAgain = 10;

    /// <summary>At least one of this many records of the table's width is data.</summary>
    const int LeastData = 3;

    /// <summary>Examines the records of a sample.</summary>
    /// <param name="text">The sample.</param>
    /// <param name="records">Its records.</param>
    /// <param name="width">Number of fields that most of them have.</param>
    /// <param name="isColumn">Whether a field names a column of the table; null when there is no table.</param>
    public static TableOutline Of(ReadOnlySpan<byte> text, IReadOnlyList<SampleRecord> records, int width,
        Func<string, bool>? isColumn)
    {
        if (records.Count == 0) return new TableOutline(0, 0, false);
        if (isColumn is not null && NamesAt(text, records, isColumn) is { } named) return new TableOutline(named, 1, true);
        var (first, kinds) = FirstData(text, records, width);
        return Array.TrueForAll(kinds, kind => kind == CellKind.Text)
            ? OfTextOnly(text, records, width)
            : AboveData(text, records, width, first, kinds);
    }

    /// <summary>The record with the most fields that name columns.</summary>
    static int? NamesAt(ReadOnlySpan<byte> text, IReadOnlyList<SampleRecord> records, Func<string, bool> isColumn)
    {
        int? best = null;
        var most = 0;
        for (var i = 0; i < Math.Min(records.Count, MostBefore); i++)
        {
            var names = 0;
            foreach (var field in records[i].Fields)
                if (field.Length > 0 && isColumn(SampleText.Text(field.Of(text)))) names++;
            if (names <= most || (names < 2 && records[i].Filled > 2)) continue;
            (best, most) = (i, names);
        }

        return best;
    }

    /// <summary>The first record that starts the data: from it on, about as many columns are of one kind as further down, and it
    /// has no field of another kind.</summary>
    static (int First, CellKind[] Kinds) FirstData(ReadOnlySpan<byte> text, IReadOnlyList<SampleRecord> records, int width)
    {
        var last = Math.Min(records.Count, MostBefore);
        var found = new (int Typed, CellKind[] Kinds)[last];
        var all = records.Count(record => record.Width == width);
        for (int from = 0, looked = 0; from < last && looked < MostLooked && (all - looked) * LeastData >= all; from++)
        {
            if (records[from].Width != width) continue;
            looked++;
            var kinds = KindsFrom(text, records, width, from);
            found[from] = (kinds.Count(kind => kind != CellKind.Text), kinds);
        }

        var best = found.MaxBy(f => f.Typed);
        if (best.Typed == 0) return (0, [.. Enumerable.Repeat(CellKind.Text, width)]);
        var first = 0;
        while (first < last && FitOf(text, records[first], best.Kinds) != RecordFit.Data) first++;

        // Records with nothing in the columns of a kind are data, if something above them is not.
        var above = first;
        while (above > 0 && FitOf(text, records[above - 1], best.Kinds) == RecordFit.Unknown) above--;
        return (first == last ? first : Math.Max(above, first > 0 ? 1 : 0), best.Kinds);
    }

    static CellKind[] KindsFrom(ReadOnlySpan<byte> text, IReadOnlyList<SampleRecord> records, int width, int from)
    {
        var counts = new int[width, (int)CellKind.Suspect + 1];
        for (int i = from, seen = 0; i < records.Count && seen < RecordsForKinds; i++)
        {
            if (records[i].Width != width) continue;
            seen++;
            for (var column = 0; column < width; column++)
                counts[column, (int)CellKinds.Of(records[i].Fields[column].Of(text))]++;
        }

        var kinds = new CellKind[width];
        for (var column = 0; column < width; column++)
        {
            kinds[column] = CellKind.Text;
            var filled = 0;
            for (var kind = CellKind.Number; kind <= CellKind.Suspect; kind++) filled += counts[column, (int)kind];
            for (var kind = CellKind.Number; kind < CellKind.Text; kind++)
                if (filled > 0 && counts[column, (int)kind] >= IsOfKind * filled) kinds[column] = kind;
        }

        return kinds;
    }

    enum RecordFit
    {
        /// <summary>Its fields have the columns' kinds.</summary>
        Data,

        /// <summary>More of its fields have another kind than the column's, or it has another width, or is almost
        /// empty.</summary>
        None,

        /// <summary>It has nothing in the columns that have a kind.</summary>
        Unknown,
    }

    static RecordFit FitOf(ReadOnlySpan<byte> text, SampleRecord record, CellKind[] kinds)
    {
        if (record.Width != kinds.Length || record.Filled < Math.Min(2, record.Width) || IsSequence(text, record))
            return RecordFit.None;
        int same = 0, other = 0;
        for (var column = 0; column < kinds.Length; column++)
        {
            if (kinds[column] == CellKind.Text) continue;
            var kind = KindOf(text, record, column);
            if (kind == CellKind.Empty) continue;
            if (kind == kinds[column]) same++;
            else other++;
        }

        return same + other == 0 ? RecordFit.Unknown : same >= other ? RecordFit.Data : RecordFit.None;
    }

    /// <summary>The kind of a field. A broken record is judged without its quotes: <c>"1</c> is still a number, and not the name
    /// of a column of numbers.</summary>
    static CellKind KindOf(ReadOnlySpan<byte> text, SampleRecord record, int field)
    {
        var value = record.Fields[field].Of(text);
        return CellKinds.Of(record.IsBroken ? value.Trim("\"'"u8) : value);
    }

    /// <summary>Whether adjacent fields are consecutive years, after a field that is not a year: they name columns.</summary>
    static bool IsSequence(ReadOnlySpan<byte> text, SampleRecord record)
    {
        int run = 1, longest = 1;
        int? last = null;
        for (var i = 1; i < record.Width; i++)
        {
            int? year = int.TryParse(record.Fields[i].Of(text), out var value) && value is >= 1800 and <= 2200 ? value : null;
            run = year is { } now && last is { } before && Math.Abs(now - before) == 1 ? run + 1 : 1;
            longest = Math.Max(longest, run);
            last = year;
        }

        return longest >= 3 && longest >= record.Width - 2
            && CellKinds.Of(record.Fields[0].Of(text)) is CellKind.Text or CellKind.Empty;
    }

    static TableOutline AboveData(ReadOnlySpan<byte> text, IReadOnlyList<SampleRecord> records, int width, int first,
        CellKind[] kinds)
    {
        // A broken record is the header only if no other can be: between the header and the data it is a damaged record of the
        // data, which would be lost without a trace.
        var header = LastNames(text, records, first, kinds, isBroken: false);
        if (header < 0) header = FullestAbove(records, width, first);
        if (header < 0) header = LastNames(text, records, first, kinds, isBroken: true);
        if (header < 0) header = DamagedHeader(text, records, first);
        if (header < 0) return new TableOutline(FirstOfWidth(records, width), 0, true);
        var from = header;
        while (from > 0 && header - from + 1 < MostHeaderRecords && !records[header].IsBroken && !records[from - 1].IsBroken
            && NamesColumns(text, records[from - 1], kinds)
            && IsProse(text, records[from - 1]) == IsProse(text, records[header]))
        {
            from--;
        }

        return new TableOutline(from, header - from + 1, true);
    }

    /// <summary>The last record above the data whose fields name the columns; -1 for none.</summary>
    static int LastNames(ReadOnlySpan<byte> text, IReadOnlyList<SampleRecord> records, int first, CellKind[] kinds, bool isBroken)
    {
        var at = first - 1;
        while (at >= 0 && (records[at].IsBroken != isBroken || !NamesColumns(text, records[at], kinds))) at--;
        return at;
    }

    /// <summary>Whether the kinds of the record's fields differ from those of the columns.</summary>
    static bool NamesColumns(ReadOnlySpan<byte> text, SampleRecord record, CellKind[] kinds) =>
        record.Width == kinds.Length && record.Filled >= Math.Min(2, kinds.Length)
            && FitOf(text, record, kinds) == RecordFit.None;

    /// <summary>Whether fields begin with a space, as when commas divide a sentence.</summary>
    static bool IsProse(ReadOnlySpan<byte> text, SampleRecord record)
    {
        for (var i = 1; i < record.Width; i++)
            if (record.Fields[i].Of(text) is [(byte)' ', ..]) return true;
        return false;
    }

    /// <summary>The record above the data with the most non-empty fields; the first of several.</summary>
    static int FullestAbove(IReadOnlyList<SampleRecord> records, int width, int first)
    {
        var (best, most) = (-1, Math.Min(2, width) - 1);
        for (var i = 0; i < Math.Min(first, records.Count); i++)
        {
            if (records[i].Width == width && !records[i].IsBroken && records[i].Filled > most)
                (best, most) = (i, records[i].Filled);
        }

        return best;
    }

    /// <summary>Where the data of a file without a header begins. A misplaced quote may have changed the width of a record, which
    /// is then rejected, not skipped.</summary>
    static int FirstOfWidth(IReadOnlyList<SampleRecord> records, int width)
    {
        for (var i = 0; i < records.Count; i++)
            if (records[i].Width == width || (records[i].IsBroken && records[i].Filled > 1)) return i;
        return 0;
    }

    /// <summary>A record of another width, without any number or date, may still contain names.</summary>
    static int DamagedHeader(ReadOnlySpan<byte> text, IReadOnlyList<SampleRecord> records, int first)
    {
        for (var i = Math.Min(first, records.Count) - 1; i >= 0; i--)
        {
            if (records[i].Filled < 2) continue;
            var isText = true;
            for (var field = 0; field < records[i].Width; field++)
                isText &= KindOf(text, records[i], field) is not (CellKind.Number or CellKind.Time or CellKind.Token);
            if (isText) return i;
        }

        return -1;
    }

    /// <summary>Whether only the first field is filled: a title above the table, or a blank line. A name in any other field rules
    /// this out.</summary>
    static bool IsTitle(SampleRecord record)
    {
        for (var i = 1; i < record.Width; i++)
            if (record.Fields[i].Length > 0) return false;
        return record.Width > 1 || record.Fields[0].Length == 0;
    }

    /// <summary>Only text: the first filled record names the columns, unless its values are repeated below it, or a quote of it
    /// is not closed.</summary>
    static TableOutline OfTextOnly(ReadOnlySpan<byte> text, IReadOnlyList<SampleRecord> records, int width)
    {
        var at = 0;
        while (at < Math.Min(records.Count, MostBefore) && (records[at].Width != width || IsTitle(records[at]))) at++;
        if (at >= records.Count - 1 || records[at].Width != width) at = FirstOfWidth(records, width);
        if (records[at].HasOpenQuote) return new TableOutline(FirstOfWidth(records, width), 0, true); // no evidence of names
        var again = 0;
        for (var column = 0; column < width && records[at].Width == width; column++)
        {
            var value = records[at].Fields[column].Of(text);
            if (value.IsEmpty) continue;
            for (var i = at + 1; i < Math.Min(records.Count, at + 1 + SoonAgain); i++)
            {
                if (records[i].Width != width || !records[i].Fields[column].Of(text).SequenceEqual(value)) continue;
                again++;
                break;
            }
        }

        var comesAgain = again >= 2 && again < records[at].Filled;
        return new TableOutline(at, comesAgain ? 0 : 1, comesAgain);
    }
}
