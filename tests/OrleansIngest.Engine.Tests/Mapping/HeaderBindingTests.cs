using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Tests.Mapping;

public sealed class HeaderBindingTests
{
    static readonly HeaderBindingOptions Defaults = new();

    static readonly TargetTable Table = TableOf(
        Column("id", 1, notNull: true), Column("name", 2), Column("added", 3, notNull: true, hasDefault: true), Column("price", 4, notNull: true),
        Column("total", 5, hasDefault: true, generated: true));

    [Theory]
    [InlineData("id,name,added,price", "0,1,2,3")]
    [InlineData("price,id", "1,-,-,0")]
    [InlineData(" ID , Name,PRICE", "0,1,-,2")]
    [InlineData("\uFEFFid,price", "0,-,-,1")]
    [InlineData("\uFEFF\"id\",\"price\"", "0,-,-,1")]
    [InlineData("note,price,,id,", "3,-,-,1")]
    public void ByName_NamesInAnyOrderAndCase_FindTheirColumns(string header, string fields)
    {
        var binding = HeaderBinding.ByName(Table, header.Split(','), Defaults).Binding.ShouldNotBeNull();

        FieldsOf(binding).ShouldBe(fields);
        binding.FieldCount.ShouldBe(header.Split(',').Length);
    }

    [Fact]
    public void ByName_ExtraFields_AreIgnoredAndListed()
        => HeaderBinding.ByName(Table, ["note", "id", "", "price"], Defaults).Binding!.Ignored
            .ShouldBe([new IgnoredField(0, "note"), new IgnoredField(2, "")]);

    [Fact]
    public void ByName_ExtraFieldsUnderQuarantine_Fail()
        => FailureOf(["note", "id", "price"], Defaults with { ExtraColumns = ExtraColumnPolicy.Quarantine }).ShouldContain("no column for note.");

    [Fact]
    public void ByName_RequiredColumnMissing_FailsAndShowsBothLists()
        => FailureOf(["id", "nmae"], Defaults).ShouldBe(
            "The file lacks required column price. In the file: id, nmae. Required by public.things: id, price; optional: name, added.");

    [Fact]
    public void ByName_OptionalColumnMissingUnderQuarantine_Fails()
        => FailureOf(["id", "price", "added"], Defaults with { MissingColumns = MissingColumnPolicy.Quarantine })
            .ShouldStartWith("The file lacks column name.");

    [Fact]
    public void ByName_AllWritableColumnsUnderQuarantine_Binds()
        => HeaderBinding.ByName(Table, ["id", "price", "added", "name"], Defaults with { MissingColumns = MissingColumnPolicy.Quarantine })
            .IsBound.ShouldBeTrue();

    [Theory]
    [InlineData("id,price,id", "The header has id more than once")]
    [InlineData("id,price,ID", "The header has ID more than once")]
    [InlineData("id,price,note,note", "The header has note more than once")]
    [InlineData("id,price,total", "The header has total, a generated column")]
    [InlineData("7,Jane,2020-01-01,9.99", "None of the header's names is a column")]
    public void ByName_HeaderThatCannotBeMeant_Fails(string header, string problem)
        => FailureOf(header.Split(','), Defaults).ShouldStartWith(problem);

    [Fact]
    public void ByName_Alias_FillsItsColumn()
    {
        var options = Defaults with { Aliases = new Dictionary<string, string> { ["Product Id"] = "id", ["cost"] = "Price" } };

        FieldsOf(HeaderBinding.ByName(Table, ["COST", "product id"], options).Binding!).ShouldBe("1,-,-,0");
    }

    [Fact]
    public void ByName_AliasAndNameForOneColumn_Fails()
        => FailureOf(["id", "price", "cost"], Defaults with { Aliases = new Dictionary<string, string> { ["cost"] = "price" } })
            .ShouldStartWith("The header has column price twice: price, cost");

    [Fact]
    public void ByName_AliasToAColumnThatIsNotThere_Fails()
        => FailureOf(["id", "price", "cost"], Defaults with { Aliases = new Dictionary<string, string> { ["cost"] = "prise" } })
            .ShouldStartWith("cost is to fill column prise, which the table does not have");

    [Fact]
    public void ByName_ColumnsThatDifferByCapitals_AreToldApart()
    {
        var table = TableOf(Column("Id", 1), Column("id", 2));

        FieldsOf(HeaderBinding.ByName(table, ["id", "Id"], Defaults).Binding!, columns: 2).ShouldBe("1,0");
        HeaderBinding.ByName(table, ["ID"], Defaults).Failure.ShouldNotBeNull().ShouldStartWith("ID may mean Id or id");
    }

    [Fact]
    public void ByPosition_FewerFields_FillTheFirstColumns()
        => FieldsOf(HeaderBinding.ByPosition(TableOf(Column("a", 1), Column("g", 2, generated: true), Column("b", 3), Column("c", 4)), 2, Defaults).Binding!)
            .ShouldBe("0,-,1,-");

    [Fact]
    public void ByPosition_RequiredColumnBeyondTheFields_Fails()
        => HeaderBinding.ByPosition(Table, 3, Defaults).Failure.ShouldNotBeNull().ShouldStartWith("The file lacks required column price");

    [Fact]
    public void ByPosition_MoreFields_AreIgnored()
        => HeaderBinding.ByPosition(Table, 5, Defaults).Binding!.Ignored.ShouldBe([new IgnoredField(4, "")]);

    static string FailureOf(string[] header, HeaderBindingOptions options)
        => HeaderBinding.ByName(Table, header, options).Failure.ShouldNotBeNull();

    /// <summary>For each of the table's first columns its field, or a hyphen.</summary>
    static string FieldsOf(HeaderBinding binding, int columns = 4)
    {
        binding.Columns.Select(c => c.Column.Number).ShouldBeInOrder();
        var fields = binding.Columns.ToDictionary(c => (int)c.Column.Number, c => $"{c.Field}");
        return string.Join(',', Enumerable.Range(1, columns).Select(number => fields.GetValueOrDefault(number, "-")));
    }

    static TargetTable TableOf(params TargetColumn[] columns)
        => new() { Oid = 1, Schema = "public", Name = "things", QuotedName = "public.things", Columns = columns };

    static TargetColumn Column(string name, short number, bool notNull = false, bool hasDefault = false, bool generated = false) => new()
    {
        Name = name,
        Number = number,
        TypeOid = 25,
        TypeName = "text",
        BaseTypeOid = 25,
        TypeModifier = -1,
        NotNull = notNull,
        HasDefault = hasDefault,
        IsGenerated = generated,
    };
}
