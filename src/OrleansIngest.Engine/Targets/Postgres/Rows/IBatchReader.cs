using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>Reads one open span of an input into batches, cut at record ends.</summary>
interface IBatchReader : IDisposable
{
    /// <summary>Where the next batch starts; after the last, where the span has ended.</summary>
    long NextOffset { get; }

    /// <summary>The record number and line of that position.</summary>
    RecordPosition Next { get; }

    /// <summary>Whether the span has been read to its end.</summary>
    bool AtEnd { get; }

    /// <summary>Whether the input was shorter than the span.</summary>
    bool EndedEarly { get; }

    /// <summary>The last batch ends before the first record that starts at or after this position. Default: none.</summary>
    long StopAt { get; set; }

    /// <summary>Fills until the batch is full or the span ends, then seals it.</summary>
    void Fill(EncodedRows rows);
}
