using System.Text.Json;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Loading.Replay;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Postgres.Tests.Loading.Drift;

/// <summary>Fields without a column that go into a jsonb column.</summary>
public sealed class RescueTests
{
    const string Table = "CREATE TABLE t (id int, note text, rescued jsonb)";

    static Task<LoadBench> BenchAsync(Action<PipelineOptions>? more = null, string table = Table) =>
        LoadBench.CreateAsync(table, p =>
    {
        (p.ExtraColumns, p.RescueColumn, p.MaxAttempts) = (ExtraColumnPolicy.Rescue, "rescued", 1);
        more?.Invoke(p);
    });

    [Fact]
    public async Task Csv_FieldsWithoutAColumn_AreTextsAsWritten()
    {
        await using var bench = await BenchAsync();

        var file = await bench.LoadAsync(bench.Write("a.csv",
            "id,colour,note,\"size \"\"x\"\"\"\n1, r\u00e9d ,n,007\n2,\"a \"\"b\"\"\\\n\t\u0001\",,\n3,,x,\n4,\"\",y,1.50e3\n"));

        file.Single().Status.ShouldBe("loaded", file.Single().Reason);
        var rows = await bench.RowsAsync("SELECT rescued::text FROM t ORDER BY id");
        rows[2].ShouldBe("NULL");
        Texts(rows[0]).ShouldBe([("colour", " r\u00e9d "), ("size \"x\"", "007")]);
        Texts(rows[1]).ShouldBe([("colour", "a \"b\"\\\n\t\u0001")]);
        Texts(rows[3]).ShouldBe([("colour", ""), ("size \"x\"", "1.50e3")]);
        file.Single().ColumnsNote!.LeftOut.ShouldBeEmpty();
        file.Single().ColumnsNote!.Rescued!.Select(f => f.Name)
            .ShouldBe(["colour", "size \"\"x\"\"".Replace("\"\"", "\"", StringComparison.Ordinal)]);
    }

    [Fact]
    public async Task Csv_NamesThatAreThereTwiceOrNotAtAll_KeepEachValue()
    {
        await using var bench = await BenchAsync();

        await bench.LoadAsync(bench.Write("a.csv", "id,x,,x,rescued,#3\n1,a,b,c,d,e\n"));

        Texts((await bench.RowsAsync("SELECT rescued::text FROM t")).Single())
            .ShouldBe([("#3", "b"), ("#3 #6", "e"), ("rescued", "d"), ("x", "a"), ("x #4", "c")], ignoreOrder: true);
    }

    [Fact]
    public async Task Csv_WithoutHeader_RescuesWhatIsBehindTheColumns()
    {
        await using var bench = await BenchAsync(p => p.Csv.Header = false);

        var file = await bench.LoadAsync(bench.Write("a.csv", "1,n,more,\n"));

        file.Single().Status.ShouldBe("loaded", file.Single().Reason);
        (await bench.RowsAsync("SELECT id, note, rescued FROM t")).ShouldBe(["1|n|{\"#3\": \"more\"}"]);
    }

    [Fact]
    public async Task Ndjson_ValuesKeepTheirJson_AlsoKeysBehindTheSample()
    {
        await using var bench = await BenchAsync();
        var filler = string.Concat(Enumerable.Range(2, 60_000)
            .Select(i => $"{{\"id\":{i},\"note\":\"{new string('x', 70)}\"}}\n"));

        var file = await bench.LoadAsync(bench.Write(
            "a.ndjson",
            "{\"id\":1,\"deep\":{\"a\":[1,2,{\"b\":null}],\"c\":\"\\u00e9\"},\"n\":1.50,\"t\":\"1.50\",\"f\":false,\"z\":null}\n"
                + filler
            + "{\"id\":-1,\"late\":{\"k\":[true]},\"z\":2,\"la\\u0074er\":\"q\\\"\",\"no\":null}\n"
            + "{\"id\":-2,\"twice\":1,\"twice\":2}\n{\"id\":-3}\n"));

        file.Single().Status.ShouldBe("loaded", file.Single().Reason);
        (await bench.RowsAsync("SELECT id, rescued FROM t WHERE id < 2 ORDER BY id DESC")).ShouldBe(
        [
            "1|{\"f\": false, \"n\": 1.50, \"t\": \"1.50\", \"deep\": {\"a\": [1, 2, {\"b\": null}], \"c\": \"\u00e9\"}}",
            "-1|{\"z\": 2, \"late\": {\"k\": [true]}, \"later\": \"q\\\"\"}", "-3|NULL",
        ]);
        (await bench.RowsAsync("SELECT reason FROM corrupt_records")).ShouldBe(["broken_json"]);
    }

    [Fact]
    public async Task JsonDocument_ValuesKeepTheirJson()
    {
        await using var bench = await BenchAsync();

        await bench.LoadAsync(bench.Write("a.json", "[{\"id\":1,\"x\":{\"y\":[1]}},\n {\"id\":2,\"w\":\"v\"}]"));

        (await bench.RowsAsync("SELECT id, rescued FROM t ORDER BY id")).ShouldBe(
            ["1|{\"x\": {\"y\": [1]}}", "2|{\"w\": \"v\"}"]);
    }

    /// <summary>The samples are one set of events, written by other programs.</summary>
    [Theory]
    [InlineData("json")]
    [InlineData("parquet")]
    [InlineData("xlsx")]
    public async Task Sample_OfAnyFormat_RescuesWhatTheColumnsWouldTake(string kind)
    {
        const string Whole = "CREATE TABLE t (user_id bigint, action text, event_time timestamptz)";
        await using var whole = await LoadBench.CreateAsync(Whole);
        await using var bench = await BenchAsync(table: "CREATE TABLE t (user_id bigint, rescued jsonb)");
        (await whole.LoadAsync(Sample("ndjson"))).Single().Status.ShouldBe("loaded");

        var file = await bench.LoadAsync(Sample(kind));

        file.Single().Status.ShouldBe("loaded", file.Single().Reason);
        (await bench.RowsAsync(
            "SELECT user_id, rescued->>'action', (rescued->>'event_time')::timestamptz FROM t ORDER BY 3, 1, 2"))
            .ShouldBe(await whole.RowsAsync("SELECT user_id, action, event_time FROM t ORDER BY 3, 1, 2"));
    }

    static string Sample(string kind) => Testing.Repository.Path($"data/samples/events.{kind}");

    [Fact]
    public async Task Upsert_NewerRecordTakesTheRescuedFieldsAlong()
    {
        await using var bench = await BenchAsync(p => p.Write = WriteMode.Upsert,
            "CREATE TABLE t (id int PRIMARY KEY, note text, rescued jsonb)");
        await bench.LoadAsync(bench.Write("a.csv", "id,note,x\n1,a,1\n2,b,2\n"));

        await bench.LoadAsync(bench.Write("b.csv", "id,note\n1,c\n"));

        (await bench.RowsAsync("SELECT id, note, rescued->>'x' FROM t ORDER BY id")).ShouldBe(["1|c|NULL", "2|b|2"]);
    }

    [Fact]
    public async Task WholeFileAndReplaceTable_KeepTheRescued()
    {
        foreach (var more in (Action<PipelineOptions>[])[p => p.WholeFile = true, p => p.Write = WriteMode.ReplaceTable])
        {
            await using var bench = await BenchAsync(more);
            await bench.LoadAsync(bench.Write("a.csv", "id,colour\n1,red\n"));

            var file = await bench.LoadAsync(bench.Write("b.csv", "id,colour,x\n2,blue,7\n3,,\n"));

            file.Single().Status.ShouldBe("loaded", file.Single().Reason);
            (await bench.RowsAsync("SELECT id, rescued FROM t WHERE id > 1 ORDER BY id")).ShouldBe(
                ["2|{\"x\": \"7\", \"colour\": \"blue\"}", "3|NULL"]);
        }
    }

    [Fact]
    public async Task FieldThatAnExpressionUses_IsNotRescued()
    {
        await using var bench = await BenchAsync(p => p.Compute = new Dictionary<string, string> { ["note"] = "upper(colour)" });

        var file = await bench.LoadAsync(bench.Write("a.csv", "id,colour,x\n2,blue,7\n"));

        file.Single().Status.ShouldBe("loaded", file.Single().Reason);
        (await bench.RowsAsync("SELECT id, note, rescued FROM t")).ShouldBe(["2|BLUE|{\"x\": \"7\"}"]);
    }

    [Fact]
    public async Task Replay_RejectWithFieldsWithoutAColumn_KeepsThem()
    {
        await using var bench = await BenchAsync(
            table: "CREATE TABLE t (id int CONSTRAINT low CHECK (id < 100), note text, rescued jsonb)");
        await bench.LoadAsync(
            bench.Write("a.csv", "id,colour\n1,red\n200,\"a \"\"b\"\"\"\n"),
            bench.Write("b.ndjson", "{\"id\":300,\"deep\":{\"a\":[1]}}\n"));
        await bench.ExecuteAsync("ALTER TABLE t DROP CONSTRAINT low");

        var result = await new RejectReplay(bench.Database.DataSource, TimeProvider.System).RunAsync(
            new RejectFilter(), [bench.Pipeline], new OperatorAct("ann@here", "mended"), TestContext.Current.CancellationToken);

        result.ShouldBe(new RejectReplayResult(2, 0));
        (await bench.RowsAsync("SELECT id, rescued FROM t WHERE id IS NOT NULL ORDER BY id")).ShouldBe(
            ["1|{\"colour\": \"red\"}", "200|{\"colour\": \"a \\\"b\\\"\"}", "300|{\"deep\": {\"a\": [1]}}"]);
    }

    [Fact]
    public async Task ColumnThatRefusesNull_GetsAnEmptyObject()
    {
        await using var bench = await BenchAsync(table: "CREATE TABLE t (id int, rescued jsonb NOT NULL)");

        await bench.LoadAsync(bench.Write("a.csv", "id\n1\n"));

        (await bench.RowsAsync("SELECT rescued FROM t")).ShouldBe(["{}"]);
    }

    [Fact]
    public async Task TextCopy_AndRowsThatWaitForTheServer_KeepTheRescued()
    {
        // point has no encoder, so rows go as text; a date in words is left to the server.
        await using var bench = await BenchAsync(
            p => p.Rules = [new RequiredRule { Column = "day" }],
            "CREATE TABLE t (id int, place point, day date, rescued jsonb)");

        var file = await bench.LoadAsync(bench.Write("a.csv",
            "id,place,day,x\n1,\"(1,2)\",January 8 1999,\"\u0001\u0001\u0001\u0001\t\\\"\n"));

        file.Single().Status.ShouldBe("loaded", file.Single().Reason);
        (await bench.RowsAsync("SELECT id, day::text, rescued FROM t")).ShouldBe(
            ["1|1999-01-08|{\"x\": \"\\u0001\\u0001\\u0001\\u0001\\t\\\\\"}"]);
    }

    [Fact]
    public async Task Table_WithoutTheColumnOrWithAnotherType_IsRefused()
    {
        await using var bench = await BenchAsync(table: "CREATE TABLE t (id int, rescued text)");
        (await bench.LoadAsync(bench.Write("a.csv", "id,x\n1,2\n"))).Single().Reason!.ShouldContain("must be jsonb, not text");

        await bench.ExecuteAsync("ALTER TABLE t DROP COLUMN rescued");
        (await bench.LoadAsync(bench.Write("b.csv", "id,x\n1,3\n"))).Single().Reason!.ShouldContain(
            "ADD COLUMN \"rescued\" jsonb");
    }

    [Fact]
    public async Task Decision_IsInTheFilesHistoryOnce_AndAnAlert()
    {
        await using var bench = await BenchAsync();
        await bench.LoadAsync(bench.Write("a.csv", "id,x\n1,2\n"), bench.Write("b.csv", "id,x\n1,3\n"),
            bench.Write("c.csv", "id,y\n1,4\n"));

        (await bench.RowsAsync(
            "SELECT kind, detail FROM ingest.history WHERE kind = 'file.drift.rescued' ORDER BY detail")).ShouldBe(
        [
            "file.drift.rescued|field \"x\" has no column in public.t and is stored in rescued",
            "file.drift.rescued|field \"y\" has no column in public.t and is stored in rescued",
        ]);
    }

    static (string Key, string? Value)[] Texts(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateObject().Select(member => (member.Name, member.Value.GetString()))];
    }
}
