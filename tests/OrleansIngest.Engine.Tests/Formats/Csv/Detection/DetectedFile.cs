using System.Text;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Tests.Formats.Csv.Detection;

/// <summary>A text as the reader reads it when nobody has described it.</summary>
sealed class DetectedFile : IRecordConsumer<List<string[]>>
{
    DetectedFile(CsvLayout layout) => Layout = layout;

    public CsvLayout Layout { get; }

    public CsvDialect Dialect => Layout.Dialect;

    public string Names => string.Join('|', Layout.Names);

    /// <summary>The records that are not rejected.</summary>
    public List<string[]> Rows { get; private init; } = [];

    public static DetectedFile Of(string text, params string[] columns) =>
        Of(Encoding.UTF8.GetBytes(text), new CsvOptions { Delimiter = null }, columns);

    public static DetectedFile Of(byte[] bytes, CsvOptions told, params string[] columns)
    {
        var content = new MemoryContent(bytes);
        var format = new CsvFormat(told);
        var layout = (CsvLayout)format.ReadLayout(content, columns.Length == 0 ? null : columns);
        var rows = format.Open(content, layout, new PositionSpan(0, PositionSpan.Open), new RecordPosition(1, 1),
            new DetectedFile(layout));
        return new DetectedFile(layout) { Rows = rows };
    }

    public List<string[]> Use<TRecords>(TRecords records) where TRecords : struct, ITextRecords
    {
        var rows = new List<string[]>();
        for (var kind = records.Read(); kind != RecordKind.End; kind = records.Read())
        {
            if (kind != RecordKind.Data || records.FieldCount != Layout.FieldCount) continue;
            var row = new string[records.FieldCount];
            for (var i = 0; i < row.Length; i++) row[i] = Encoding.UTF8.GetString(records.Field(i));
            rows.Add(row);
        }

        records.Dispose();
        return rows;
    }
}
