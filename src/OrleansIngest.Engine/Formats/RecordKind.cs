namespace OrleansIngest.Engine.Formats;

/// <summary>The result of <see cref="ITextRecords.Read"/>.</summary>
public enum RecordKind
{
    /// <summary>The span is at its end.</summary>
    End,

    /// <summary>A record with fields.</summary>
    Data,

    /// <summary>A blank line, a comment, a repeated header: counted as skipped.</summary>
    Blank,

    /// <summary>Not a valid record, on one line or several: to be rejected with <see cref="ITextRecords.Fault"/>.</summary>
    Broken,
}
