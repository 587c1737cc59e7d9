using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Tables;
using OrleansIngest.Engine.Tests.Targets.Postgres;

namespace OrleansIngest.Engine.Tests.Mapping;

public sealed class HeaderBindingTests
{
    static readonly HeaderBindingOptions Defaults = new();

    static readonly TargetTable Table = TableOf(
        Column("id", 1, notNull: true), Column("name", 2), Column("added", 3, notNull: true, hasDefault: true),
        Column("price", 4, notNull: true),
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
        => HeaderBinding.ByName(Table, ["note", "id", "", "price"], Defaults).Binding!.Unmapped
            .ShouldBe([new UnmappedField(0, "note"), new UnmappedField(2, "")]);

    [Fact]
    public void ByName_ColumnsWithoutAField_AreListed()
        => HeaderBinding.ByName(Table, ["id", "price"], Defaults).Binding!.Unfilled.Select(c => c.Name)
            .ShouldBe(["name", "added"]);

    [Fact]
    public void ByName_NameLikeThatOfAFreeColumn_SuggestsIt()
        => HeaderBinding.ByName(Table, ["id", "price", "nmae", "prise"], Defaults).Binding!.Unmapped
            .ShouldBe([new UnmappedField(2, "nmae", "name"), new UnmappedField(3, "prise")], "price has its field already");

    [Fact]
    public void ByName_ExtraFieldsUnderQuarantine_Fail()
        => FailureOf(["note", "id", "price"], Defaults with { ExtraColumns = ExtraColumnPolicy.Quarantine })
            .ShouldContain("no column for note.");

    [Fact]
    public void ByName_RequiredColumnMissing_FailsAndShowsBothLists()
        => FailureOf(["id", "nmae"], Defaults).ShouldBe(
            "The file lacks required column price. In the file: id, nmae. Required by public.things: id, price; optional: "
                + "name, added. nmae: did you mean name?");

    [Fact]
    public void ByName_OptionalColumnMissingUnderQuarantine_Fails()
        => FailureOf(["id", "price", "added"], Defaults with { MissingColumns = MissingColumnPolicy.Quarantine })
            .ShouldStartWith("The file lacks column name.");

    [Fact]
    public void ByName_AllWritableColumnsUnderQuarantine_Binds()
        => HeaderBinding.ByName(Table, ["id", "price", "added", "name"],
            Defaults with { MissingColumns = MissingColumnPolicy.Quarantine })
            .IsBound.ShouldBeTrue();

    [Theory]
    [InlineData("id,price,id", "The header has id more than once")]
    [InlineData("id,price,ID", "The header has ID more than once")]
    [InlineData("id,price,total", "The header has total, a generated column")]
    [InlineData("7,Jane,2020-01-01,9.99", "None of the header's names is a column")]
    public void ByName_HeaderThatCannotBeMeant_Fails(string header, string problem)
        => FailureOf(header.Split(','), Defaults).ShouldStartWith(problem);

    [Fact]
    public void ByName_NameTwiceWithoutAColumn_IsLeftOutTwice()
        => HeaderBinding.ByName(Table, ["id", "price", "note", "note"],
            Defaults).Binding!.Unmapped.Select(i => i.Field).ShouldBe([2, 3]);

    [Theory]
    [InlineData("\u200Bid,price", "0,-,-,1")]
    [InlineData("i\u00ADd,\u202Aprice\u202C", "0,-,-,1")]
    [InlineData("\u00A0id\u00A0,pri\u0001ce", "0,-,-,1")]
    public void ByName_InvisibleCharacters_DoNotMatter(string header, string fields)
        => FieldsOf(HeaderBinding.ByName(Table, header.Split(','), Defaults).Binding!).ShouldBe(fields);

    [Fact]
    public void ByName_InvisibleCharactersInAnUnknownName_AreShown()
        => HeaderBinding.ByName(Table, ["id", "price", " no\u200Bte\uFEFF"],
            Defaults).Binding!.Unmapped.ShouldHaveSingleItem().Name.ShouldBe(@"no\u200Bte\uFEFF");

    [Fact]
    public void ByName_PositionOfAField_FillsItsColumnWhateverItsName()
    {
        var options = Defaults with { Aliases = new Dictionary<string, string> { ["#1"] = "name", ["#3"] = "price" } };

        FieldsOf(HeaderBinding.ByName(Table, ["", "id", "id "], options).Binding!).ShouldBe("1,0,-,2");
    }

    [Theory]
    [InlineData("#4", "a,b,id", "The configuration maps #4, but the header has 3 fields")]
    [InlineData("#1", "a,#1,id", "The configuration maps #1, which is field 1; field 2 has that name: write #2 for it")]
    public void ByName_PositionThatCannotBeMeant_Fails(string key, string header, string problem)
        => FailureOf(header.Split(','), Defaults with { Aliases = new Dictionary<string, string> { [key] = "price" } })
            .ShouldStartWith(problem);

    [Fact]
    public void ByName_KeptHeader_BindsByPosition()
    {
        var options = Defaults with { Kept = [new StoredHeader(["", "id", "ID", "cost"], ["name", "id", "added", "price"])] };

        FieldsOf(HeaderBinding.ByName(Table, ["", "id", "ID", " Cost"], options).Binding!).ShouldBe("1,0,2,3");
        HeaderBinding.ByName(Table, ["", "id", "id", "cost", ""],
            options).Failure.ShouldNotBeNull().ShouldStartWith("The header has id more than once");
    }

    [Fact]
    public void ByName_ConfiguredColumn_WinsOverTheKeptOne()
    {
        var options = Defaults with
        {
            Kept = [new StoredHeader(["id", "cost", "label"], ["id", "price", "name"])],
            Aliases = new Dictionary<string, string> { ["label"] = "price" },
        };

        FieldsOf(HeaderBinding.ByName(Table, ["id", "cost", "label"], options).Binding!).ShouldBe("0,-,-,2");
    }

    [Fact]
    public void ByName_OtherHeaderThanTheKeptOne_UsesItsNamesForWhatHasNoColumn()
    {
        var options = Defaults with { Kept = [new StoredHeader(["Nr", "cost", "x", "X"], ["id", "price", "name", "added"])] };

        FieldsOf(HeaderBinding.ByName(Table, ["cost", "new", "nr"], options).Binding!).ShouldBe("2,-,-,0");
        FieldsOf(HeaderBinding.ByName(Table, ["id", "nr", "price"], options).Binding!).ShouldBe("0,-,-,2",
            "the column's own name comes first");
        HeaderBinding.ByName(Table, ["x", "id", "price"], options).Binding!.Unmapped.Select(i => i.Name).ShouldBe(["x"],
            "the kept header has it twice");
    }

    [Fact]
    public void ByName_KeptColumnThatIsGone_LeavesItsFieldOut()
    {
        var options =
            Defaults with { Kept = [new StoredHeader(["id", "price", "ID", "total"], ["id", "price", "id_2", "total"])] };

        HeaderBinding.ByName(Table, ["id", "price", "ID"],
            options with { Kept = [new StoredHeader(["id", "price", "ID"], ["id", "price", "id_2"])] })
            .Binding!.Unmapped.ShouldBe([new UnmappedField(2, "ID")]);
        HeaderBinding.ByName(Table, ["id", "price", "ID", "total"],
            options).Failure.ShouldNotBeNull().ShouldContain("generated column");
    }

    [Fact]
    public void ByName_WideHeaderWithoutColumns_DoesNotFloodTheMessage()
        => HeaderBinding.ByName(Table, [.. Enumerable.Range(0, 1600).Select(i => $"field{i}")],
            Defaults).Failure.ShouldNotBeNull()
            .ShouldContain("field49, … and 1,550 more. Required");

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
            .ShouldStartWith("cost is mapped to column prise, which the table does not have");

    [Fact]
    public void ByName_ColumnsThatDifferByCapitals_AreToldApart()
    {
        var table = TableOf(Column("Id", 1), Column("id", 2));

        FieldsOf(HeaderBinding.ByName(table, ["id", "Id"], Defaults).Binding!, columns: 2).ShouldBe("1,0");
        HeaderBinding.ByName(table, ["ID"], Defaults).Failure.ShouldNotBeNull().ShouldStartWith("ID may mean Id or id");
    }

    [Fact]
    public void ByPosition_FewerFields_FillTheFirstColumns()
        => FieldsOf(HeaderBinding.ByPosition(TableOf(Column("a", 1), Column("g", 2, generated: true), Column("b", 3),
            Column("c", 4)), 2, Defaults).Binding!)
            .ShouldBe("0,-,1,-");

    [Fact]
    public void ByPosition_RequiredColumnBeyondTheFields_Fails()
        => HeaderBinding.ByPosition(Table, 3, Defaults).Failure.ShouldNotBeNull()
            .ShouldStartWith("The file lacks required column price");

    [Fact]
    public void ByPosition_MoreFields_AreIgnored()
        => HeaderBinding.ByPosition(Table, 5, Defaults).Binding!.Unmapped.ShouldBe([new UnmappedField(4, "")]);

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
        => new()
        {
            Oid = 1,
            Schema = "public",
            Name = "things",
            QuotedName = "public.things",
            WrittenName = "things",
            Columns = columns
        };

    static TargetColumn Column(string name, short number, bool notNull = false, bool hasDefault = false,
        bool generated = false) => new()
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
