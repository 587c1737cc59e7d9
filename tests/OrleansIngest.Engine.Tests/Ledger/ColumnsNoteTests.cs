using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Engine.Tests.Ledger;

public sealed class ColumnsNoteTests
{
    static readonly ColumnsNote Note = new()
    {
        LeftOut = [new LeftOutField(2, "cust_name", "customer_name"), new LeftOutField(4, "", null)],
        Unfilled = ["customer_name", "größe"],
        Defaulted = ["id"],
    };

    [Fact]
    public void Sentences_OfEachKind_NameFieldsAndColumns() => Note.Sentences().ShouldBe(
    [
        "fields without a column, not loaded: cust_name (did you mean customer_name?), field 4 (no name)",
        "columns without a field, NULL: customer_name, größe",
        "columns without a field, filled with their default: id",
    ]);

    [Fact]
    public void Sentences_OfAWideTable_AreCut() =>
        (Note with { LeftOut = [], Defaulted = [], Unfilled = [.. Enumerable.Range(1, 1600).Select(i => $"c{i}")] })
        .Sentences().ShouldHaveSingleItem().ShouldEndWith("c19, c20, … and 1,580 more");

    [Fact]
    public void FromJson_OfToJson_IsTheSame()
    {
        var read = ColumnsNote.FromJson(Note.ToJson())!;

        read.LeftOut.ShouldBe(Note.LeftOut);
        read.Unfilled.ShouldBe(Note.Unfilled);
        read.Defaulted.ShouldBe(Note.Defaulted);
    }

    [Fact]
    public void FromJson_Null_IsNoNote() => ColumnsNote.FromJson(null).ShouldBeNull();
}
