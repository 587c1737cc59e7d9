using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats.Json;

/// <summary>Reads the records of one span of a JSON document. A record with an invalid value is one broken record; if its
/// brackets, commas or quotes are wrong, the input is broken.</summary>
sealed class JsonReader(ByteContent content, PositionSpan span, DocumentLayout layout, long firstLine,
    int maxRecordBytes) : IDisposable
{
    /// <summary>Where the records come from.</summary>
    public DocumentCursor Cursor { get; } = new(content, span, layout.DocumentPath, layout.Shape, firstLine, maxRecordBytes);

    /// <summary>The current record's fields.</summary>
    public JsonRecord Record { get; } = new(layout.Record);

    /// <summary>Why the current record is broken.</summary>
    public RecordFault Fault { get; private set; }

    /// <summary>Whether it is a single record without a document: then nothing follows a flaw, and it is a broken record.
    /// Default: false.</summary>
    public bool IsAlone { get; init; }

    /// <summary>Advances to the next record.</summary>
    /// <exception cref="BrokenContentException">The start of the next record is unknown.</exception>
    public RecordKind Read()
    {
        if (!IsAlone) return ReadNext();
        try
        {
            return ReadNext();
        }
        catch (BrokenContentException)
        {
            Fault = new RecordFault(RejectReason.BrokenJson, "this is not a JSON object");
            return _isOver ? RecordKind.End : RecordKind.Broken;
        }
        finally
        {
            _isOver = true;
        }
    }

    bool _isOver;

    RecordKind ReadNext()
    {
        if (!Cursor.Next()) return RecordKind.End;
        if (Cursor.FullLength > maxRecordBytes)
        {
            Fault = JsonFaults.TooLong(Cursor.FullLength, Cursor.Length, maxRecordBytes);
            return RecordKind.Broken;
        }

        if (!Cursor.IsClean && JsonFaults.OfText(Cursor.Text) is { } fault)
        {
            Fault = fault;
            return RecordKind.Broken;
        }

        if (Record.Parse(Cursor.Buffer, Cursor.Start, Cursor.Length)) return RecordKind.Data;
        if (Record.Flaw == JsonFlaw.Structure) throw DocumentCursor.Broken(Cursor.Position, Cursor.Line, Record.Fault.Detail);
        Fault = Record.Fault;
        return RecordKind.Broken;
    }

    public void Dispose() => Cursor.Dispose();
}

/// <summary>The records of a <see cref="JsonReader"/>.</summary>
readonly struct JsonRecords(JsonReader reader, int fieldCount) : ITextRecords
{
    public RecordKind Read() => reader.Read();

    public long Position => reader.Cursor.Position;

    public long Line => reader.Cursor.Line;

    public int FieldCount => fieldCount;

    public ReadOnlySpan<byte> Raw => reader.Cursor.Text;

    public int FieldBytes => reader.Record.FieldBytes;

    public bool IsCleanText => true; // records with unclean text are already broken

    public ReadOnlySpan<byte> Field(int index) => reader.Record.Field(index);

    public bool IsNull(int index) => reader.Record.IsNull(index);

    public RecordFault Fault => reader.Fault;

    public bool EndedEarly => reader.Cursor.EndedEarly;

    public void Dispose() => reader.Dispose();
}
