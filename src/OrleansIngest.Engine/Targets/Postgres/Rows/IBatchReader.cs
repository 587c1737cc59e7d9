using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>Reads one open span of an input into batches, cut at record ends.</summary>
interface IBatchReader : IDisposable
{
    /// <summary>Where the next batch starts; at the end, where the span has ended.</summary>
    long NextOffset { get; }

    /// <summary>Which record and line that is.</summary>
    RecordPosition Next { get; }

    /// <summary>Whether the span is read to its end.</summary>
    bool AtEnd { get; }

    /// <summary>Whether the input was shorter than the span.</summary>
    bool EndedEarly { get; }

    /// <summary>The first record that starts here or behind is not read any more: it is where the last
    /// batch ends. Default: none.</summary>
    long StopAt { get; set; }

    /// <summary>Fills until the batch is full or the span ends, then seals it.</summary>
    void Fill(EncodedRows rows);
}
