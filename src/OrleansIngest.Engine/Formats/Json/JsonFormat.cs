using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats.Json;

/// <summary>One JSON document: an array of objects, an object, or several objects in sequence.</summary>
sealed class JsonFormat(JsonOptions options) : IRecordFormat
{
    readonly MemberPath _path = options.Path is { } path ? MemberPath.Parse(path)! : MemberPath.Root;

    public string Name => "json";

    public PositionUnit UnitOver(PositionUnit bytes) => bytes;

    public RecordLayout ReadLayout(ByteContent content, IReadOnlyList<string>? columns)
    {
        var sample = new JsonSample(options, MemberPath.Root);
        try
        {
            var span = new PositionSpan(0, content.Length ?? PositionSpan.Open);
            using var cursor = new DocumentCursor(content, span, _path, DocumentShape.Sequence, 1, options.MaxRecordBytes);
            while (sample.WantsMore(cursor.Position) && cursor.Next()) sample.Add(cursor.Text, cursor.Position, $"line "
                + $"{cursor.Line}");
            return DocumentLayout.Of(sample.ToLayout(), _path, cursor.Shape);
        }
        catch (BrokenContentException failure)
        {
            throw new LayoutException(failure.Message);
        }
    }

    public TResult Open<TResult>(
        ByteContent content, RecordLayout layout, PositionSpan span, RecordPosition start,
        IRecordConsumer<TResult> user) => user.Use(
        new JsonRecords(new JsonReader(content, span, (DocumentLayout)layout, start.Line, options.MaxRecordBytes),
            layout.FieldCount));

    public RecordLayout LayoutOfRaw(IReadOnlyList<string> names, int fieldCount) =>
        DocumentLayout.Of(JsonLayout.Of(names, options, MemberPath.Root), MemberPath.Root, DocumentShape.Sequence);

    public TResult OpenRaw<TResult>(byte[] raw, RecordLayout layout, IRecordConsumer<TResult> user)
    {
        var alone = DocumentLayout.Of(((DocumentLayout)layout).Record, MemberPath.Root, DocumentShape.Sequence);
        // A line break before it: at the start of a file a byte order mark would be skipped.
        var content = new MemoryContent((byte[])[(byte)'\n', .. raw]);
        var reader = new JsonReader(content, new PositionSpan(1, 1 + raw.Length), alone, 1,
            options.MaxRecordBytes)
        { IsAlone = true };
        return user.Use(new JsonRecords(reader, layout.FieldCount));
    }
}
