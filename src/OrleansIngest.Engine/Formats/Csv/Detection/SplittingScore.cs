namespace OrleansIngest.Engine.Formats.Csv.Detection;

/// <summary>How well a splitting explains a sample: by records of one width, and by columns of one kind.</summary>
/// <param name="Splitting">The candidate.</param>
/// <param name="Records">The resulting records of the sample.</param>
/// <param name="Width">Number of fields that most records have.</param>
/// <param name="Fit">Share of the records with that width, from the first to the last of them; a broken one counts half.</param>
/// <param name="Kinds">To what degree columns are of one kind, 0 to 1.</param>
/// <param name="HasHeader">Whether it also explains the beginning: the first record has the width, or the first one with that
/// width may be a header.</param>
sealed record SplittingScore(Splitting Splitting, IReadOnlyList<SampleRecord> Records, int Width, double Fit, double Kinds,
    bool HasHeader)
{
    const int MostLinesBefore = 60;
    const int MostRecordsForKinds = 200;

    /// <summary>A single text column explains every file, and therefore nothing.</summary>
    const double OneColumn = 0.22;

    /// <summary>One column of numbers or times is a better explanation than two halves of them under a header with one
    /// field.</summary>
    const double OneTypedColumn = 0.45;
    const double IsTyped = 0.9;

    /// <summary>The weight of a text value, compared with 1 for a value of a kind; a value that looks like several fields counts
    /// against the splitting.</summary>
    const double TextCounts = 0.75;
    const double ListedCounts = 0.62;
    const double SuspectCounts = -0.3;
    const double EmptyColumn = 0.5;
    const double FirstRecordDiffers = 0.6;

    /// <summary>The value of <see cref="Kinds"/> if all columns are text.</summary>
    public const double OfText = TextCounts + 0.01;

    /// <summary>0 to 1.</summary>
    public double Total => Width < 2
        ? Kinds >= IsTyped && HasHeader ? OneTypedColumn : OneColumn * Kinds
        : Fit * Fit * (1 - 1.0 / Width) * Kinds * (HasHeader ? 1 : FirstRecordDiffers);

    /// <summary>Whether every record of the sample has the width, and no quote is misplaced.</summary>
    public bool ExplainsAll => Width >= 2 && Fit >= 1 && Records[0].Width == Width;

    /// <summary>Scores a sample.</summary>
    public static SplittingScore Of(ReadOnlySpan<byte> text, Splitting splitting, int mostRecords)
    {
        var records = SampleScanner.Records(text, splitting, mostRecords);
        var width = WidthOf(records);
        return new SplittingScore(splitting, records, width, FitOf(records, width), KindsOf(text, records, width),
            StartsWithHeader(text, records, width));
    }

    static bool StartsWithHeader(ReadOnlySpan<byte> text, List<SampleRecord> records, int width)
    {
        if (width < 2) return IsOneColumn(text, records);
        var at = records.FindIndex(record => record.Width == width);
        if (at <= 0) return at == 0;
        foreach (var cell in records[at].Fields)
            if (CellKinds.Of(cell.Of(text)) is CellKind.Number or CellKind.Time) return false;
        return true;
    }

    /// <summary>Whether all numbers with a comma have the same number of digits after it, and at most one record above them is
    /// not a number; otherwise they are more likely two columns.</summary>
    static bool IsOneColumn(ReadOnlySpan<byte> text, List<SampleRecord> records)
    {
        int? scale = null;
        for (var i = 0; i < records.Count; i++)
        {
            if (records[i].Width != 1) return false;
            var cell = records[i].Fields[0].Of(text);
            if (CellKinds.Of(cell) is not CellKind.Number)
            {
                if (i == 1 && CellKinds.Of(records[0].Fields[0].Of(text)) is not CellKind.Number and not CellKind.Time
                    && CellKinds.Of(cell) is not CellKind.Time) return false;
                continue;
            }

            if (cell.LastIndexOf((byte)',') is var comma && comma < 0) continue;
            if (scale is { } known && known != cell.Length - comma) return false;
            scale = cell.Length - comma;
        }

        return true;
    }

    /// <summary>The width that explains most; if two are equal, that of the earlier record.</summary>
    static int WidthOf(List<SampleRecord> records)
    {
        var counts = new Dictionary<int, (double Count, int First)>();
        for (var i = 0; i < records.Count; i++)
        {
            var known = counts.GetValueOrDefault(records[i].Width, (0, i));
            counts[records[i].Width] = (known.Count + (records[i].IsBroken ? 0.5 : 1), known.First);
        }

        int best = 1, bestFirst = 0;
        double bestGain = 0;
        foreach (var (width, (count, first)) in counts)
        {
            var gain = count * (1 - 1.0 / width);
            if (gain < bestGain || (gain == bestGain && (gain == 0 || first > bestFirst))) continue;
            (best, bestGain, bestFirst) = (width, gain, first);
        }

        return best;
    }

    static double FitOf(List<SampleRecord> records, int width)
    {
        var from = records.FindIndex(r => r.Width == width);
        if (from < 0) return 0;
        var to = records.FindLastIndex(r => r.Width == width) + 1;
        if (from > MostLinesBefore) from = 0;
        if (records.Count - to > MostLinesBefore) to = records.Count;
        double fit = 0;
        for (var i = from; i < to; i++)
            if (records[i].Width == width) fit += records[i].IsBroken ? 0.5 : 1;
        var outside = records.Count - (to - from);
        return fit / (to - from + (outside > to - from ? 0.5 : 0.1) * outside);
    }

    static double KindsOf(ReadOnlySpan<byte> text, List<SampleRecord> records, int width)
    {
        var typed = new int[width];
        var filled = new int[width];
        var others = new double[width];
        var seen = 0;
        for (var i = Math.Min(1, records.Count - 1); i >= 0 && i < records.Count && seen < MostRecordsForKinds; i++)
        {
            if (records[i].Width != width) continue;
            seen++;
            for (var column = 0; column < width; column++)
            {
                var cell = records[i].Fields[column];
                var kind = CellKinds.Of(cell.Of(text));
                filled[column] += kind == CellKind.Empty ? 0 : 1;
                typed[column] += kind is CellKind.Number or CellKind.Time or CellKind.Token ? 1 : 0;
                others[column] += kind switch
                {
                    CellKind.Suspect when !cell.IsQuoted => SuspectCounts,
                    CellKind.Listed when !cell.IsQuoted => ListedCounts,
                    CellKind.Suspect or CellKind.Listed or CellKind.Text => TextCounts,
                    _ => 0,
                };
            }
        }

        double sum = 0;
        for (var column = 0; column < width; column++)
            sum += filled[column] == 0 ? EmptyColumn
                : Math.Max(typed[column] + Math.Min(0, others[column]), TextCounts * typed[column] + others[column])
                    / filled[column];
        return Math.Max(0, sum / width);
    }
}
