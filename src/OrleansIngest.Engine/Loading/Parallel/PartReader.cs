using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Splitting;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Loading.Parallel;

/// <summary>One of the parsers of a file: reads one part of an open span into batches. It reads up to the first record after
/// its part, as a reader of the whole span would. The position of that record shows whether the next part begins at the right
/// place.</summary>
/// <param name="file">The open file.</param>
/// <param name="part">The part to read.</param>
/// <param name="spanEnd">The end of the open span.</param>
/// <param name="parsers">Limits how many parts of the file are parsed at once.</param>
sealed class PartReader(PartedInput file, SpanPart part, long spanEnd, SemaphoreSlim parsers) : IAsyncDisposable
{
    IBatchReader? _reader;
    EncodedRows? _rows;

    /// <summary>The batch being filled.</summary>
    public Task<EncodedRows> Filled { get; private set; } = null!;

    /// <summary>Whether the filled batch is the last one.</summary>
    public bool AtEnd => _reader!.AtEnd;

    /// <summary>Whether the file was shorter than the span.</summary>
    public bool EndedEarly => _reader!.EndedEarly;

    /// <summary>Whether it ends where the next part starts, by offset, record and line.</summary>
    public bool EndsWell => part.EndsAt(_reader!.NextOffset, _reader.Next);

    /// <summary>Where the part ends, and where it should end, human-readable.</summary>
    public string Ending =>
        $"its part from byte {part.Start.Offset} ends at byte {_reader!.NextOffset} ({_reader.Next}), but should end at byte "
        + $"{part.End.Offset} ({part.End.Position})";

    /// <summary>Begins the part.</summary>
    /// <param name="stop">Ends waits.</param>
    public void Begin(CancellationToken stop) => Filled = FillAsync(isFirst: true, stop);

    /// <summary>Continues the part after its batch was taken. Takes memory without waiting, like a batch that grows, because
    /// all other parts of the file may hold memory and wait for this one.</summary>
    /// <param name="stop">Ends waits.</param>
    public void Continue(CancellationToken stop) => Filled = FillAsync(isFirst: false, stop);

    /// <summary>Hands the batch over to the caller.</summary>
    public void Taken() => _rows = null;

    /// <summary>Waits for the running parser, then discards what was not taken.</summary>
    public async ValueTask DisposeAsync()
    {
        await ((Task)Filled).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _rows?.Dispose();
        _reader?.Dispose();
    }

    async Task<EncodedRows> FillAsync(bool isFirst, CancellationToken stop)
    {
        var (offset, position) = isFirst ? (part.Start.Offset, part.Start.Position) : (_reader!.NextOffset, _reader.Next);
        var left = Math.Max(0, part.End.Offset - offset);
        var capacity = (int)Math.Min(file.Options.BatchBytes, 4096 + left + left / 2);
        if (isFirst) await file.Context.Budget.AcquireAsync(capacity, stop);
        else file.Context.Budget.Extend(capacity);
        _rows = new EncodedRows(file.Plan, capacity, file.Context.Budget)
        {
            Metadata = file.Metadata,
            StartOffset = offset,
            FirstRecord = position.Record,
            FirstLine = position.Line,
        };
        await parsers.WaitAsync(stop);
        try
        {
            using var slot = await file.Context.ParseSlots.TakeAsync(stop);
            await Task.Run(Fill, CancellationToken.None);
        }
        finally
        {
            parsers.Release();
        }

        return _rows;
    }

    void Fill()
    {
        _reader ??= Open();
        _reader.Fill(_rows!);
    }

    IBatchReader Open()
    {
        var span = new PositionSpan(part.Start.Offset, spanEnd);
        var reader = BatchReaderFactory.Open(file.Records, span, part.Start.Position, file.Plan, file.Options,
            file.Context.Time);
        if (!part.IsLast) reader.StopAt = part.End.Offset;
        return reader;
    }
}
