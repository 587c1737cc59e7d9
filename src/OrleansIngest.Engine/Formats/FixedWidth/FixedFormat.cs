using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats.FixedWidth;

/// <summary>Text in UTF-8 whose fields have fixed positions in each line.</summary>
sealed class FixedFormat(FixedOptions options) : IRecordFormat
{
    public string Name => "fixed";

    public PositionUnit UnitOver(PositionUnit bytes) => bytes;

    public RecordLayout ReadLayout(ByteContent content, IReadOnlyList<string>? columns) => options.Columns.Count == 0
        ? throw new LayoutException(
            "the positions of the fields are not configured: set \"fixed\": { \"columns\": [ { \"name\": …, \"start\": 1, "
            + "\"width\": 8 }, … ] }")
        : new RecordLayout
        {
            Names = [.. options.Columns.Select(column => column.Name)],
            FieldCount = options.Columns.Count,
            IsByName = true
        };

    public TResult Open<TResult>(ByteContent content, RecordLayout layout, PositionSpan span, RecordPosition start,
        IRecordConsumer<TResult> user) =>
        user.Use(new FixedRecords(new FixedReader(content, span, options, start.Line), layout.FieldCount));

    public RecordLayout LayoutOfRaw(IReadOnlyList<string> names, int fieldCount) => ReadLayout(new MemoryContent(default), null);

    public TResult OpenRaw<TResult>(byte[] raw, RecordLayout layout, IRecordConsumer<TResult> user)
    {
        // A line break before it: at the start of a file a byte order mark would be skipped. And after the lines that are not
        // records.
        var content = new MemoryContent((byte[])[(byte)'\n', .. raw]);
        return Open(content, layout, new PositionSpan(1, 1 + raw.Length), new RecordPosition(1, options.HeaderLines + 1), user);
    }
}
