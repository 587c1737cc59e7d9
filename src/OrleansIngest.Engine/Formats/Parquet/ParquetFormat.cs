using System.Buffers;
using OrleansIngest.Engine.Formats.Json;
using OrleansIngest.Engine.Formats.Ndjson;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats.Parquet;

/// <summary>Apache Parquet. Positions are rows; a row group is decoded as a whole, which determines the memory.</summary>
sealed class ParquetFormat : IRecordFormat
{
    public string Name => "parquet";

    public PositionUnit UnitOver(PositionUnit bytes) => PositionUnit.Row;

    public RecordLayout ReadLayout(ByteContent content, IReadOnlyList<string>? columns)
    {
        var layout = ParquetLayout.Of(ParquetTree.Of(ParquetFile.Open(content)));
        return layout.FieldCount > 0 ? layout : throw new LayoutException("the Parquet file has no column");
    }

    public TResult Open<TResult>(ByteContent content, RecordLayout layout, PositionSpan span, RecordPosition start,
        IRecordConsumer<TResult> user) =>
        user.Use(new ParquetRecords(new ParquetRows(content, span, (ParquetLayout)layout)));

    public bool HasLines => false;

    public RecordLayout LayoutOfRaw(IReadOnlyList<string> names, int fieldCount) => ParquetLayout.Of(names, []);

    public TResult OpenRaw<TResult>(byte[] raw, RecordLayout layout, IRecordConsumer<TResult> user) =>
        RejectedObject.Open(raw, layout.Names, ((ParquetLayout)layout).Forms, user);
}
