using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Postgres.Tests.Loading;

public sealed class ColumnsNoteTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fields_without_a_column_and_columns_without_a_field_are_kept_with_the_file()
    {
        await using var bench = await LoadBench.CreateAsync(
            "CREATE TABLE t (id int, customer_name text, note text, at timestamptz DEFAULT now())");

        var state = (await bench.LoadAsync(bench.Write("a.csv", "id,cust_name,no\u200Bte,\n1,Ann,x,\n"))).Single();

        state.Status.ShouldBe("loaded", state.Reason);
        state.ColumnsNote.ShouldNotBeNull().Sentences().ShouldBe(
        [
            "fields without a column, not loaded: cust_name (did you mean customer_name?), field 4 (no name)",
            "columns without a field, NULL: customer_name",
            "columns without a field, filled with their default: at",
        ]);
        (await bench.RowsAsync(Note("a.csv"))).ShouldBe(
        [
            """{"leftOut": [{"name": "cust_name", "near": "customer_name", "field": 2}, {"name": "", "near": null, "field": 4}"""
            + """], "unfilled": ["customer_name"], "defaulted": ["at"]}""",
        ]);
        var views = new FileViews(bench.Database.DataSource);
        (await views.DescribeAsync(state.FileId, Stop))!.ColumnsNote!.Unfilled.ShouldBe(["customer_name"]);
        (await views.ListAsync(new FileFilter(), 10, null, Stop)).Items.Single().ColumnsNote!.LeftOut[0]
            .ShouldBe(new LeftOutField(2, "cust_name", "customer_name"));
    }

    [Theory]
    [InlineData("id,name\n1,Ann\n", "all fields found a column; a default is not missed")]
    [InlineData("", "an empty file has no fields")]
    public async Task File_that_leaves_nothing_out_has_no_note(string content, string because)
    {
        await using var bench = await LoadBench.CreateAsync(
            "CREATE TABLE t (id int, name text, at timestamptz DEFAULT now(), g int GENERATED ALWAYS AS (id + 1) STORED)");

        (await bench.LoadAsync(bench.Write("a.csv", content))).Single().ColumnsNote.ShouldBeNull(because);

        (await bench.RowsAsync(Note("a.csv"))).ShouldBe(["NULL"]);
    }

    [Fact]
    public async Task File_without_a_header_that_has_fewer_or_more_fields_has_a_note()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int, name text)", p => p.Csv.Header = false);

        var states = await bench.LoadAsync(bench.Write("few.csv", "1\n"), bench.Write("many.csv", "2,Ann,x\n"));

        states.Select(s => $"{s.ColumnsNote}")
            .ShouldBe(["columns without a field, NULL: name", "fields without a column, not loaded: field 3 (no name)"]);
    }

    [Fact]
    public async Task File_that_is_claimed_again_when_the_column_is_there_loses_its_note()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int NOT NULL)");
        var path = bench.Write("a.csv", "id,name\n1,Ann\n");
        var node = await bench.StartNodeAsync();
        await node.Files.NoteFilesAsync("test", [LoadBench.Stat(path)], "ready", null, Stop);
        var claim = (await node.Files.ClaimAsync("test", node.Id, 1, null, Stop)).Single();
        var note = new ColumnsNote { LeftOut = [new LeftOutField(2, "name", null)], Unfilled = [], Defaulted = [] };
        await ColumnsNoteLedger.WriteAsync(bench.Database.DataSource, claim, note, Stop);
        await ColumnsNoteLedger.WriteAsync(bench.Database.DataSource, claim with { Epoch = claim.Epoch + 1 },
            note with { Unfilled = ["stale"] }, Stop);
        (await bench.RowsAsync(Note("a.csv"))).Single().ShouldNotContain("stale", Case.Sensitive,
            "another epoch has no right to write");
        await node.Files.EndClaimAsync(claim, ClaimEnd.Released, null, TimeSpan.Zero, Stop);
        await bench.ExecuteAsync("ALTER TABLE t ADD name text");

        (await bench.LoadAsync(path)).Single().ColumnsNote.ShouldBeNull();

        (await bench.RowsAsync("SELECT id, name FROM t")).ShouldBe(["1|Ann"]);
    }

    [Fact]
    public async Task Header_in_another_encoding_quarantines_the_file_and_says_how_to_read_it()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int, \"größe\" text)");

        var state =
            (await bench.LoadAsync(bench.Write("a.csv", System.Text.Encoding.Latin1.GetBytes("id,größe\n1,x\n")))).Single();

        state.Status.ShouldBe("quarantined");
        state.Reason.ShouldNotBeNull()
            .ShouldContain(
                "the file is probably Windows-1252 (then the header is: id,größe). If it is, specify its encoding: --encoding "
                    + "windows-1252");
    }

    [Fact]
    public async Task Policies_of_the_pipeline_still_refuse_the_file()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int, name text)",
            p => p.ExtraColumns = ExtraColumnPolicy.Quarantine);

        var state = (await bench.LoadAsync(bench.Write("a.csv", "id,nmae\n1,x\n"))).Single();

        state.Status.ShouldBe("quarantined");
        state.Reason.ShouldNotBeNull().ShouldContain("The table has no column for nmae.");
        state.Reason.ShouldContain("nmae: did you mean name?");
    }

    static string Note(string file) => $"SELECT columns_note::text FROM ingest.file WHERE path LIKE '%{file}'";
}
