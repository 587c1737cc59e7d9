namespace OrleansIngest.Engine.Csv;

/// <summary>What <see cref="RecordReader.Read"/> found.</summary>
public enum RecordKind
{
    /// <summary>The range is at its end.</summary>
    End,

    /// <summary>A record with fields.</summary>
    Data,

    /// <summary>An empty line: counted as skipped.</summary>
    Blank,

    /// <summary>A quote that is out of place or never closed, on one line or several: to be rejected.</summary>
    BrokenQuote,

    /// <summary>More than <see cref="Pipelines.CsvOptions.MaxRecordBytes"/>, on one line or several: to be rejected.</summary>
    TooLong,
}
