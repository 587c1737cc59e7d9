using System.Globalization;
using System.Text;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Postgres.Tests.Ledger;

namespace OrleansIngest.Postgres.Tests.Loading.Staging;

/// <summary>Files with too many rejects: none of their rows is loaded, whatever was committed of them.</summary>
public sealed class ThresholdTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static Task<LoadBench> BenchAsync(Action<PipelineOptions> change) =>
        LoadBench.CreateAsync("CREATE TABLE t (id int PRIMARY KEY, v int CHECK (v <> 13))", p =>
        {
            p.BatchRecords = 100;
            change(p);
        });

    /// <summary>1,000 records. The reader refuses those in <paramref name="bad"/>, the server those in
    /// <paramref name="refused"/>.</summary>
    static string Content(int[] bad, int[]? refused = null)
    {
        var text = new StringBuilder("id,v\n");
        for (var i = 1; i <= 1000; i++)
            text.Append(CultureInfo.InvariantCulture,
                $"{i},{(bad.Contains(i) ? "x" : refused?.Contains(i) == true ? "13" : "1")}\n");
        return text.ToString();
    }

    /// <summary>For each limit: as many as it allows, and one more; found by the reader, or by the server at the end.</summary>
    public static TheoryData<string, int, int, bool> Edges => new()
    {
        { "count", 3, 0, true }, { "count", 4, 0, false }, { "count", 0, 3, true }, { "count", 0, 4, false },
        { "count", 2, 1, true }, { "count", 3, 1, false },
        { "percent", 5, 0, true }, { "percent", 6, 0, false }, { "percent", 0, 5, true }, { "percent", 0, 6, false },
        { "percent", 4, 2, false },
        { "row", 3, 0, true }, { "row", 4, 0, false }, { "row", 0, 3, true }, { "row", 0, 4, false }, { "row", 2, 1, true },
        { "row", 2, 2, false },
    };

    [Theory]
    [MemberData(nameof(Edges))]
    public async Task Load_RejectsAtTheEdge_LoadsAllOrNothing(string limit, int bad, int refused, bool isLoaded)
    {
        await using var bench = await BenchAsync(p =>
        {
            if (limit == "count") p.MaxRejected = 3;
            if (limit == "percent") p.MaxRejectedPercent = 0.5;
            if (limit == "row") p.MaxRejectedInRow = 3;
        });
        // Across the border of two batches; in a row only where the limit is about that.
        var step = limit == "row" ? 1 : 2;
        var first = 301 - (bad + refused) / 2 * step;
        int[] all = [.. Enumerable.Range(0, bad + refused).Select(i => first + i * step)];

        var state = (await bench.LoadAsync(bench.Write("a.csv", Content(all[..bad], all[bad..])))).Single();

        state.Status.ShouldBe(isLoaded ? "loaded" : "quarantined", state.Reason);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(isLoaded ? 1000 - bad - refused : 0);
        (await bench.RowsAsync("SELECT status, count(*) FROM corrupt_records GROUP BY 1")).ShouldBe(
            [$"{(isLoaded ? "open" : "ignored")}|{bad + refused}"]);
        await bench.CountsShouldAgreeAsync();
        if (isLoaded) return;
        state.Reason.ShouldNotBeNull().ShouldContain($"{bad + refused} ");
        state.Reason.ShouldContain(limit switch
        {
            "count" => "more than maxRejected: 3 allows",
            "percent" => "maxRejectedPercent: 0.5",
            _ => "maxRejectedInRow: 3"
        });
        state.Reason.ShouldContain("no part of the file was loaded");
        state.Reason.ShouldNotContain("Committed:");
        (await bench.ScalarAsync<long>("SELECT count(*) FROM ingest.batch")).ShouldBe(0);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM ingest.stage")).ShouldBe(0);
    }

    [Fact]
    public async Task Load_RejectsBeyondTheLimitEarly_StopsReading()
    {
        await using var bench = await BenchAsync(p => p.MaxRejected = 0);
        await bench.ExecuteAsync(
            """
            CREATE TABLE seen (n int);
            CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN INSERT INTO seen SELECT count(*) FROM added; RETURN NULL; END';
            CREATE TRIGGER see AFTER INSERT ON ingest.batch REFERENCING NEW TABLE AS added
                FOR EACH STATEMENT EXECUTE FUNCTION see();
            """);
        var text = new StringBuilder("id,v\nx,1\n");
        for (var i = 1; i <= 100_000; i++) text.Append(CultureInfo.InvariantCulture, $"{i},1\n");

        var state = (await bench.LoadAsync(bench.Write("a.csv", text.ToString()))).Single();

        state.Status.ShouldBe("quarantined");
        state.Reason.ShouldNotBeNull()
            .ShouldContain("The first: line 2: bad_value id: invalid input syntax for type integer: \"x\"");
        (await bench.ScalarAsync<long>("SELECT sum(n) FROM seen")).ShouldBeLessThan(1000); // of 1,001 batches
    }

    [Fact]
    public async Task Load_RetryAfterTheFault_BeginsFromTheStartAndDoublesNoReject()
    {
        await using var bench = await BenchAsync(p => p.MaxRejected = 2);
        var path = bench.Write("a.csv", Content([5], [205, 500]));
        var state = (await bench.LoadAsync(path)).Single();
        state.Status.ShouldBe("quarantined");
        (await bench.RowsAsync("SELECT record_number, status, raw_record FROM corrupt_records ORDER BY 1"))
            .ShouldBe(["5|ignored|5,x", "205|ignored|205,13", "500|ignored|500,13"]);
        var operators = new OperatorLedger(bench.Database.DataSource);

        await bench.ExecuteAsync("ALTER TABLE t DROP CONSTRAINT t_v_check");
        var retried = await operators.ApplyAsync(FileVerb.Retry, state.FileId, new OperatorAct("test"), Stop);
        retried.Message.ShouldBe("is ready to be loaded");
        state = (await bench.LoadAsync(path)).Single();

        state.Status.ShouldBe("loaded", state.Reason);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(999);
        (await bench.RowsAsync("SELECT record_number, status FROM corrupt_records")).ShouldBe(["5|open"]);
        (await bench.RowsAsync("SELECT sum(rejects) FROM ingest.reject_count")).ShouldBe(["1"]);
        await bench.CountsShouldAgreeAsync();
    }

    [Fact]
    public async Task Load_PercentOfManySmallRecords_IsJudgedByAllOfThem()
    {
        // The first half alone is far beyond the limit; the whole file is exactly at it.
        await using var bench = await BenchAsync(p => p.MaxRejectedPercent = 10);

        var state = (await bench.LoadAsync(bench.Write("a.csv", Content([.. Enumerable.Range(1, 100)])))).Single();

        state.Status.ShouldBe("loaded", state.Reason);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(900);
    }
}
