using System.Text;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Tests.Formats;

/// <summary>A record as a format gives it.</summary>
/// <param name="Fields">Separated by bars, NULL as a dot.</param>
sealed record SeenRecord(long Position, long Line, RecordKind Kind, string Fields, string Raw, string? Reason);

/// <summary>Reads an input through its format, and holds the format to the law: the same version gives the same records at the
/// same positions.</summary>
static class FormatProbe
{
    public static RecordLayout Layout(IRecordFormat format, ByteContent content) => format.ReadLayout(content, null);

    public static List<SeenRecord> Read(IRecordFormat format, ByteContent content) =>
        Read(format, content, Layout(format, content));

    public static List<SeenRecord> Read(IRecordFormat format, ByteContent content, RecordLayout layout) =>
        Read(format, content, layout,
            new PositionSpan(0, content.Length is { } length && format.UnitOver(PositionUnit.Byte) == PositionUnit.Byte ? length
                : PositionSpan.Open), 1).Records;

    public static (List<SeenRecord> Records, long End) Read(
        IRecordFormat format, ByteContent content, RecordLayout layout, PositionSpan span, long line)
    {
        var taker = new Taker();
        format.Open(content, layout, span, new RecordPosition(1, line), taker);
        return (taker.Records, taker.End);
    }

    public static string[] FieldsOf(IRecordFormat format, string text) =>
        [.. Read(format, new PieceContent(Encoding.UTF8.GetBytes(text))).Select(r => r.Fields)];

    /// <summary>The fields of all records, NULL as a dot.</summary>
    public static List<string[]> ReadFields(IRecordFormat format, ByteContent content, RecordLayout layout)
    {
        var taker = new Taker();
        format.Open(content, layout, new PositionSpan(0, PositionSpan.Open), new RecordPosition(1, 1), taker);
        return taker.AllFields;
    }

    /// <summary>Every record boundary, reopened, gives the same tail; every span that ends at one gives the same
    /// beginning.</summary>
    public static List<SeenRecord> HoldToLaw(IRecordFormat format, ByteContent content, int step = 1)
    {
        var layout = Layout(format, content);
        var whole = new PositionSpan(0,
            format.UnitOver(content.Unit) == PositionUnit.Byte ? content.Length!.Value : PositionSpan.Open);
        var (all, end) = Read(format, content, layout, whole, 1);
        for (var i = 1; i < all.Count; i += step)
        {
            all[i].Position.ShouldBeGreaterThan(all[i - 1].Position);
            Read(format, content, layout, whole with { Start = all[i].Position }, all[i].Line).ShouldBe((all[i..], end), Comparer,
                $"from record {i}");
            Read(format, content, layout, whole with { End = all[i].Position }, 1).ShouldBe((all[..i], all[i].Position), Comparer,
                $"up to record {i}");
        }

        return all;
    }

    static IEqualityComparer<(List<SeenRecord> Records, long End)> Comparer { get; } =
        EqualityComparer<(List<SeenRecord> Records, long End)>.Create(
        (a, b) => a.End == b.End && a.Records.SequenceEqual(b.Records), x => x.Records.Count);

    /// <summary>Reads all fields and keeps nothing.</summary>
    public sealed class Counter : IRecordConsumer<long>
    {
        public long Use<TRecords>(TRecords records) where TRecords : struct, ITextRecords
        {
            long bytes = 0;
            for (var kind = records.Read(); kind != RecordKind.End; kind = records.Read())
            {
                for (var i = 0; i < records.FieldCount; i++) bytes += records.Field(i).Length;
            }

            records.Dispose();
            return bytes;
        }
    }

    public sealed class Taker : IRecordConsumer<bool>
    {
        public List<SeenRecord> Records { get; } = [];

        public List<string[]> AllFields { get; } = [];

        public List<string> Faults { get; } = [];

        public long End { get; private set; }

        public bool Use<TRecords>(TRecords records) where TRecords : struct, ITextRecords
        {
            for (var kind = records.Read(); kind != RecordKind.End; kind = records.Read())
            {
                string[] values = kind == RecordKind.Data ? [.. Fields(ref records)] : [];
                var fields = string.Join('|', values);
                AllFields.Add(values);
                if (kind == RecordKind.Broken) Faults.Add(records.Fault.Detail);
                Records.Add(new SeenRecord(
                    records.Position, records.Line, kind, fields, Encoding.UTF8.GetString(records.Raw),
                    kind == RecordKind.Broken ? records.Fault.Reason : null));
            }

            End = records.Position;
            records.Dispose();
            return true;
        }

        static List<string> Fields<TRecords>(ref TRecords records) where TRecords : struct, ITextRecords
        {
            var fields = new List<string>();
            var bytes = 0;
            for (var i = 0; i < records.FieldCount; i++)
            {
                var text = records.Field(i);
                bytes += text.Length;
                fields.Add(text.IsEmpty && records.IsNull(i) ? "." : Encoding.UTF8.GetString(text));
            }

            records.FieldBytes.ShouldBeGreaterThanOrEqualTo(bytes);
            return fields;
        }
    }
}
