using System.Text;
using CsCheck;
using OrleansIngest.Engine.Inference;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Rules;
using OrleansIngest.Engine.Targets.Postgres.Tables;
using OrleansIngest.Engine.Tests.Targets.Postgres;

namespace OrleansIngest.Engine.Tests.Inference;

/// <summary>Whatever a header is, the names chosen for it can be columns of one table, and both the configuration
/// of <c>init</c> and the mapping that
/// <c>load --create</c> keeps bring each field to its own column.</summary>
public sealed class HeaderLawTests
{
    static readonly string[] Words =
    [
        "", " ", "\u200B", "id", "Id", "ID ", "id_2", "id_3", "order", "Order ID", "order_id", "select", "user", "#1", "#2", "#3",
        "#", "column_1", "column_2", "xmin", "ctid",
        "größe", "हिन्दी", "\uD840\uDC00", "a\"b", "\uFEFFid", "\u00ADid", "1", "_1", "2nd", "🦊", new string('x', 63),
        new string('x', 64), new string('x', 61) + "_2",
        new string('ä', 40), new string('ä', 40) + "b",
    ];

    static readonly Gen<string[]> Headers = Gen.OneOf(Gen.Int[0, Words.Length - 1].Select(i => Words[i]),
        Gen.String[Gen.Char['\u0001', '\u2100'], 0, 6], Gen.String.AlphaNumeric).Array[1, 12];

    [Fact]
    public void Header_OfAnyKind_BindsEachFieldToItsColumn() =>
        Gen.Select(Headers, Gen.Bool).Sample(
            (headers, keepNames) =>
            {
                var names = new ColumnNaming { KeepNames = keepNames }.NamesOf(headers, headers.Length);
                names.ShouldBeUnique();
                names.ShouldAllBe(name => name.Length > 0 && Encoding.UTF8.GetByteCount(name) <= SqlName.MaxBytes
                    && name.IndexOf('\0', StringComparison.Ordinal) < 0);

                var inferred = new InferredTable
                {
                    Columns = [.. headers.Zip(names, (header, name) => new InferredColumn(header, name, "text"))],
                    Csv = new CsvOptions(),
                    HasNames = true,
                    Findings = [],
                    Records = 0,
                    Unusable = 0,
                };
                var pipeline = inferred.ToPipeline("p", "in", "t");
                pipeline.Validate("p").ShouldBeEmpty();
                var table = TableOf(names);
                Law(table, headers, HeaderBindingOptions.Of(pipeline));
                Law(table, headers, new HeaderBindingOptions { Kept = [new StoredHeader(headers, names)] });
            },
            iter: 3_000);

    static void Law(TargetTable table, string[] headers, HeaderBindingOptions options)
    {
        var result = HeaderBinding.ByName(table, headers, options);
        result.Failure.ShouldBeNull();
        result.Binding!.Columns.Select(c => c.Field).ShouldBe(Enumerable.Range(0, headers.Length));
        result.Binding.Unmapped.ShouldBeEmpty();
    }

    static TargetTable TableOf(IReadOnlyList<string> names) => new()
    {
        Oid = 1,
        Schema = "public",
        Name = "t",
        QuotedName = "public.t",
        WrittenName = "t",
        Columns = [.. names.Select((name, i) => new TargetColumn
        {
            Name = name,
            Number = (short)(i + 1),
            TypeOid = 25,
            TypeName = "text",
            BaseTypeOid = 25,
            TypeModifier = -1,
            NotNull = false,
            HasDefault = false,
            IsGenerated = false,
        })],
    };
}
