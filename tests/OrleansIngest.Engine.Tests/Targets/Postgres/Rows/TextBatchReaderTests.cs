using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Engine.Sources.FileSystem;
using OrleansIngest.Engine.Targets.Postgres.Encoders;
using OrleansIngest.Engine.Targets.Postgres.Rows;
using OrleansIngest.Engine.Targets.Postgres.Rules;
using OrleansIngest.Engine.Targets.Postgres.Tables;
using OrleansIngest.Engine.Tests.Sources.FileSystem;

namespace OrleansIngest.Engine.Tests.Targets.Postgres.Rows;

public sealed class TextBatchReaderTests : IDisposable
{
    const int Capacity = 16 * 1024 * 1024;

    static readonly SessionSettings Session = new()
    {
        ServerMajor = 15,
        TimeZone = "UTC",
        DateStyle = "ISO, MDY",
        IntervalStyle = "postgres",
        ServerEncoding = "UTF8",
        IntegerDatetimes = true,
        Zone = SessionZone.Utc,
    };

    readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    /// <summary>The hot path from the file's bytes to COPY's, rules included. Any garbage per record would show as a difference
    /// of 20,000 times its size.</summary>
    [Fact]
    public void Fill_SoundRecords_AllocatesTheSameHoweverManyThereAre()
    {
        Allocated(1_000);
        var few = Allocated(20_000);
        var many = Allocated(40_000);
        (many - few).ShouldBeLessThan(20_000);
    }

    long Allocated(int rows)
    {
        var path = _directory[$"{rows}.csv"];
        File.WriteAllLines(path, Enumerable.Range(0, rows).Select(i =>
            $"{90_000 + i},view,{i % 977},\"Café Müller \"\"Größe\"\" "
                + $"{i % 13}\",{i % 400}.{i % 90 + 10},2025-01-01T00:{i % 60:00}:{i % 60:00}.089Z,s{i:x8}"));
        using var content = new FileContent(path);
        var options = new PipelineOptions
        {
            Name = "events",
            Table = "events",
            BatchRecords = rows + 1,
            BatchBytes = Capacity,
            BatchTime = TimeSpan.FromHours(1)
        };
        options.Csv.Header = false;
        var plan = Plan();
        var budget = MemoryBudget.Of(Capacity);
        using var batch = new EncodedRows(plan, Capacity, budget)
        {
            StartOffset = 0,
            FirstRecord = 1,
            FirstLine = 1,
        };
        var format = new CsvFormat(options.Csv);
        var input = new RecordInput(format, content, format.LayoutOf([], plan.FieldCount, ","));
        var span = new PositionSpan(0, content.Length!.Value);
        using var reader = BatchReaderFactory.Open(input, span, new RecordPosition(1, 1), plan, options, TimeProvider.System);

        var before = GC.GetAllocatedBytesForCurrentThread();
        reader.Fill(batch);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        (batch.RowCount, batch.RejectCount).ShouldBe((rows, 0));
        return allocated;
    }

    internal static CopyPlan Plan()
    {
        TargetColumn[] columns =
        [
            Column(1, "user_id", 20, "bigint"), Column(2, "action", 1043, "character varying(50)", 54),
            Column(3, "product_id", 20, "bigint"),
            Column(4, "product_name", 25, "text"), Column(5, "price", 1700, "numeric(10,2)", (10 << 16) + 2 + 4),
            Column(6, "event_time", 1184, "timestamp with time zone"), Column(7, "session_id", 25, "text"),
        ];
        RowRuleOptions[] rules =
        [
            new RequiredRule { Column = "user_id" }, new OneOfRule { Column = "action", Values = ["purchase", "view"] },
            new RangeRule { Column = "price", Minimum = 0 },
            new TimeRangeRule { Column = "event_time", NotBefore = DateTimeOffset.UnixEpoch },
        ];
        return new CopyPlan(
            "events", "corrupt_records", columns, [0, 1, 2, 3, 4, 5, 6], [.. columns.Select(c => ColumnEncoders.For(c, Session))],
            [.. columns.Select(c => RowRules.For(c, rules, DateTimeOffset.UnixEpoch))], 7);
    }

    static TargetColumn Column(short number, string name, uint type, string typeName, int modifier = -1) => new()
    {
        Name = name,
        Number = number,
        TypeOid = type,
        TypeName = typeName,
        BaseTypeOid = type,
        TypeModifier = modifier,
        NotNull = false,
        HasDefault = false,
        IsGenerated = false,
        EnumLabels = [],
    };
}
