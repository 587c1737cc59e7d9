namespace OrleansIngest.Engine.Formats.Csv.Detection;

/// <summary>Detects the dialect of a file without configuration: how its records are split into fields, and which of its lines
/// are the header, notes before it, and a footer.</summary>
static class DialectDetector
{
    /// <summary>Examines the sample of a content.</summary>
    /// <exception cref="LayoutException">Two splittings are equally good.</exception>
    public static DialectFinding Detect(SampleText sample, DialectHints told)
    {
        var text = sample.Start;
        var noteBytes = 0;
        if (SpreadsheetNote.Of(text) is { } note)
        {
            noteBytes = note.Bytes;
            told = told with { Delimiter = told.Delimiter ?? note.Delimiter };
        }

        text = text[noteBytes..];
        var skipped = SkipLines(text, told.SkipLines ?? 0);
        text = text[skipped..];
        var best = BestSplitting.Of(text, sample.Middle, told);
        var records = best.Records;
        var outline = told.HeaderLines is { } lines
            ? new TableOutline(told.SkipLines is null ? TableOutline.Of(text, records, best.Width, told.IsColumn).HeaderAt : 0,
                lines, true)
            : TableOutline.Of(text, records, best.Width, told.IsColumn);
        if (told.SkipLines is not null && outline.HeaderAt > 0)
            outline = outline with { HeaderAt = 0, HeaderRecords = Math.Min(outline.HeaderRecords, 1) };
        var names = told.HasNames ? default : FieldNames.Of(text, best, outline);
        return new DialectFinding
        {
            Splitting = best.Splitting,
            Names = names.Names ?? [],
            HeaderFinding = names.Finding,
            HeaderComesAgain = outline.HeaderRecords > 0
                && ComesAgain(text, records, outline.HeaderAt + outline.HeaderRecords - 1),
            FieldCount = best.Width,
            SkipLines = told.SkipLines
                ?? (records.Count == 0 ? 0 : records[Math.Min(outline.HeaderAt, records.Count - 1)].Line - 1),
            HeaderLines = outline.HeaderRecords,
            FooterLines = told.FooterLines ?? Footer.LinesOf(sample, noteBytes + skipped, best),
        };
    }

    static bool ComesAgain(ReadOnlySpan<byte> text, IReadOnlyList<SampleRecord> records, int header)
    {
        for (var i = header + 1; i < records.Count; i++)
        {
            if (records[i].Width != records[header].Width || records[header].Filled < 2) continue;
            var field = 0;
            while (field < records[i].Width
                && records[i].Fields[field].Of(text).SequenceEqual(records[header].Fields[field].Of(text))) field++;
            if (field == records[i].Width) return true;
        }

        return false;
    }

    static int SkipLines(ReadOnlySpan<byte> text, int lines)
    {
        var at = 0;
        for (; lines > 0 && at < text.Length; lines--)
        {
            var found = text[at..].IndexOfAny((byte)'\n', (byte)'\r');
            if (found < 0) return text.Length;
            at += found + 1;
            if (text[at - 1] == '\r' && at < text.Length && text[at] == '\n') at++;
        }

        return at;
    }
}
