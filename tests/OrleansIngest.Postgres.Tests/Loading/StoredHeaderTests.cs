using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Loading.Replay;

namespace OrleansIngest.Postgres.Tests.Loading;

/// <summary>A mapping that was kept for a table binds the files of every pipeline that loads it,
/// and their rejects once more.</summary>
public sealed class StoredHeaderTests
{
    const string Header = ",id,Id,Unit Price\n";
    const string Table = "CREATE TABLE t (column_1 text, id int, id_2 int, unit_price numeric)";

    static readonly string[] Names = ["", "id", "Id", "Unit Price"];
    static readonly string[] Columns = ["column_1", "id", "id_2", "unit_price"];

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nameless_and_duplicate_fields_fill_the_columns_that_were_chosen_for_them()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        await KeepAsync(bench, Names, Columns);

        var states = await bench.LoadAsync(bench.Write("a.csv", Header + "x,1,2,3.5\n"),
            bench.Write("b.csv", "Unit Price,other\n7,8\n"));

        states.Select(s => s.Status).ShouldAllBe(status => status == "loaded");
        (await bench.RowsAsync("SELECT * FROM t ORDER BY unit_price")).ShouldBe(["x|1|2|3.5", "NULL|NULL|NULL|7"]);
        states[0].ColumnsNote.ShouldBeNull();
        states[1].ColumnsNote!.LeftOut.Select(f => f.Name).ShouldBe(["other"]);
    }

    [Fact]
    public async Task Rejects_of_such_a_file_are_replayed_into_the_same_columns()
    {
        await using var bench = await LoadBench.CreateAsync(Table + "; ALTER TABLE t ADD CHECK (unit_price < 100)");
        await KeepAsync(bench, Names, Columns);
        await bench.LoadAsync(bench.Write("a.csv", Header + "x,1,2,300\ny,3,z,4\n"));
        await bench.ExecuteAsync("ALTER TABLE t DROP CONSTRAINT t_unit_price_check; ALTER TABLE t ALTER id_2 TYPE text");

        var result = await new RejectReplay(bench.Database.DataSource, TimeProvider.System)
            .RunAsync(new RejectFilter(), [bench.Pipeline], new OperatorAct("ann@here", "mended"), Stop);

        result.ShouldBe(new RejectReplayResult(2, 0));
        (await bench.RowsAsync("SELECT * FROM t ORDER BY id")).ShouldBe(["x|1|2|300", "y|3|z|4"]);
    }

    [Fact]
    public async Task Rejects_of_a_file_that_the_configuration_binds_by_position_are_replayed_into_the_same_columns()
    {
        await using var bench = await LoadBench.CreateAsync(
            "CREATE TABLE t (n int, a int, b int)",
            p => p.Columns = new Dictionary<string, string> { ["#1"] = "n", ["#2"] = "b", ["#3"] = "a" });
        await bench.LoadAsync(bench.Write("a.csv", ",v,v\n1,2,3\nx,5,6\n"));
        await bench.ExecuteAsync("ALTER TABLE t ALTER n TYPE text");

        var result = await new RejectReplay(bench.Database.DataSource, TimeProvider.System)
            .RunAsync(new RejectFilter(), [bench.Pipeline], new OperatorAct("ann@here", "mended"), Stop);

        result.ShouldBe(new RejectReplayResult(1, 0));
        (await bench.RowsAsync("SELECT n, a, b FROM t ORDER BY n")).ShouldBe(["1|3|2", "x|6|5"]);
    }

    [Fact]
    public async Task A_mapping_that_is_kept_while_a_node_runs_is_used_by_its_next_file_of_that_header()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        await bench.LoadAsync(bench.Write("a.csv", "id\n1\n")); // the node knows the table now
        await KeepAsync(bench, Names, Columns);

        await bench.LoadAsync(bench.Write("b.csv", Header + "x,2,3,4\n"));

        (await bench.RowsAsync("SELECT * FROM t ORDER BY id")).ShouldBe(["NULL|1|NULL|NULL", "x|2|3|4"]);
    }

    [Fact]
    public async Task A_mapping_belongs_to_its_table_and_ends_with_it()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (a int, b int); CREATE TABLE \"T 2\" (a int, b int)");
        await using var connection = await bench.Database.DataSource.OpenConnectionAsync(Stop);
        await HeaderMappings.KeepAsync(connection, "t", new HeaderMapping(["x"], ["a"]), isNew: true, Stop);
        await HeaderMappings.KeepAsync(connection, "public.\"T 2\"", new HeaderMapping(["x"], ["b"]), isNew: true, Stop);
        await HeaderMappings.KeepAsync(connection, "T", new HeaderMapping(["x"], ["b"]), isNew: false, Stop);
        await HeaderMappings.KeepAsync(connection, "T", new HeaderMapping(["y"], ["b"]), isNew: false, Stop);

        var kept = await HeaderMappings.ReadAsync(connection, "public.t", Stop);
        await HeaderMappings.KeepAsync(connection, "t", new HeaderMapping(["z"], ["a"]), isNew: true, Stop);
        var anew = await HeaderMappings.ReadAsync(connection, "public.t", Stop);

        kept.Select(m => $"{m.Names[0]}→{m.Columns[0]}").ShouldBe(["y→b", "x→a"],
            "the newest first; the first choice for a header stays");
        anew.Select(m => m.Names[0]).ShouldBe(["z"]);
        (await HeaderMappings.ReadAsync(connection, "public.\"T 2\"", Stop)).ShouldHaveSingleItem().Columns.ShouldBe(["b"]);
    }

    static async Task KeepAsync(LoadBench bench, string[] names, string[] columns)
    {
        await using var connection = await bench.Database.DataSource.OpenConnectionAsync(Stop);
        await HeaderMappings.KeepAsync(connection, bench.Pipeline.Table, new HeaderMapping(names, columns), isNew: false, Stop);
    }
}
