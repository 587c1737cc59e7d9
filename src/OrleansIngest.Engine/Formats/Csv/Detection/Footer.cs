namespace OrleansIngest.Engine.Formats.Csv.Detection;

/// <summary>
/// Lines at the end that are not records: two or more with delimiters only, as left by spreadsheets, and lines with a single
/// text, such as a source or a note, if records have three fields or more. Other lines that do not match are rejected, and so
/// stay visible.
/// </summary>
static class Footer
{
    const int MostLines = 1000;
    const int FewestFields = 3;

    /// <summary>Number of lines.</summary>
    /// <param name="sample">Of the file.</param>
    /// <param name="from">Offset of the first line to examine.</param>
    /// <param name="score">Its splitting.</param>
    public static int LinesOf(SampleText sample, int from, SplittingScore score)
    {
        if (score.Width < FewestFields) return 0;
        var text = sample.IsWhole && sample.End.Length == sample.Start.Length ? sample.End[from..] : sample.End;
        var records = SampleScanner.Records(text, score.Splitting, int.MaxValue);
        var at = records.Count;
        while (at > 1 && IsNoRecord(text, records[at - 1], score.Width)) at--;
        var lines = records.Count - at;
        if (lines == 1 && records[at].Width == score.Width) return 0; // a single empty record may be a real one
        return lines <= MostLines && at > 1 && records[at - 1].Width == score.Width ? lines : 0;
    }

    static bool IsNoRecord(ReadOnlySpan<byte> text, SampleRecord record, int width)
    {
        // may be the end of a value with lines
        if (record.IsBroken || record.Width == 1 && record.Fields[0].Of(text).Contains((byte)'"')) return false;
        if (record.Width == 1 && width > 1)
            return !record.Fields[0].Of(text).ContainsAny((byte)'\n', (byte)'\r')
                && CellKinds.Of(record.Fields[0].Of(text)) == CellKind.Text;
        foreach (var value in record.Fields)
            if (value.Length > 0 || value.IsQuoted) return false;
        return true;
    }
}
