using CsCheck;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Loading.Replay;
using OrleansIngest.Postgres.Tests.Loading;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Ledger.Views;

public sealed class RejectIssueViewsTests
{
    static readonly RejectFilter Open = new() { Status = "open" };

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("invalid input syntax for type numeric: \"abc\"", "invalid input syntax for type numeric: \"...\"")]
    [InlineData("invalid input syntax for type numeric: \"cut off in the middle",
        "invalid input syntax for type numeric: \"...\"")]
    [InlineData("expected 4 fields, found 1 field", "expected N fields, found N fields")]
    [InlineData("-5 is out of range: it must be at least 0", "N is out of range: it must be at least N")]
    [InlineData("\"2019-01-01\" is not plausible: it must be not before 2020-01-01 00:00:00Z",
        "\"...\" is not plausible: it must be not before N N")]
    [InlineData("byte 0xFF at byte 12 of the record is not UTF-8", "byte N at byte N of the record is not UTF-8")]
    [InlineData("column \"price2\" needs a value, but the field is empty",
        "column \"price2\" needs a value, but the field is empty")]
    [InlineData("value \"9\" is out of range for type int4", "value \"...\" is out of range for type int4")]
    [InlineData("duplicate key value violates unique constraint \"t_pkey\" (Key (id)=(2) already exists.)",
        "duplicate key value violates unique constraint \"t_pkey\" (Key (id)=(...) already exists.)")]
    [InlineData("new row for relation \"t\" violates check constraint \"c\" (Failing row contains (6, B) b, 2.00).)",
        "new row for relation \"t\" violates check constraint \"c\" (Failing row contains (...)")]
    [InlineData("", "")]
    public async Task Shape_LeavesOutNumbersAndValuesAndKeepsNames(string detail, string shape)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await using var command = database.DataSource.CreateCommand("SELECT ingest.reject_shape($1)");
        command.Parameters.Add(new() { Value = detail });

        ((string)(await command.ExecuteScalarAsync(Stop))!).ShouldBe(shape);
    }

    [Fact]
    public async Task Rejects_OfOneFault_AreOneIssueHoweverManyValuesAndFilesTheyHave()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int PRIMARY KEY, n numeric)");
        await bench.LoadAsync(bench.Write("a.csv", "id,n\n1,x\n2,y\n3,3\n4\nz,5\n"));
        await bench.LoadAsync(bench.Write("b.csv", "id,n\n6,\"q\"\n7,7,7\n3,8\n"));

        var issues = await new RejectIssueViews(bench.Database.DataSource).ListAsync(Open, 50, Stop);

        issues.Items.Select(i => $"{i.Rejects}|{i.Files}|{i.Table}|{i.Reason}|{i.Column}|{i.Shape}").ShouldBe(
            [
                "3|2|public.t|bad_value|n|invalid input syntax for type numeric: \"...\"",
                "2|2|public.t|field_count||expected N fields, found N",
                "1|1|public.t|bad_value|id|invalid input syntax for type integer: \"...\"",
                "1|1|public.t|constraint||duplicate key value violates unique constraint \"t_pkey\" (Key (id)=(...) "
                    + "already exists.)",
            ], ignoreOrder: true);
        issues.Items.Select(i => i.Rejects).ShouldBe([3, 2, 1, 1]);
        (issues.Issues, issues.Rejects).ShouldBe((4, 7));
        issues.Items[0].FirstAt.ShouldBeLessThan(issues.Items[0].LastAt);
        issues.Items[0].Detail.ShouldBe("invalid input syntax for type numeric: \"q\"");
        var one = await new RejectIssueViews(bench.Database.DataSource).ListAsync(Open, 1, Stop);
        (one.Items.Count, one.Issues, one.Rejects).ShouldBe((1, 4, 7), "what is not shown is counted");
    }

    [Fact]
    public async Task Counts_AfterAReplay_Fall()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int CHECK (id < 10), n int)");
        await bench.LoadAsync(bench.Write("a.csv", "id,n\n11,1\n12,2\n13,x\n"));
        var views = new RejectIssueViews(bench.Database.DataSource);
        var rule = (await views.ListAsync(Open, 50, Stop)).Items[0];
        rule.Rejects.ShouldBe(2);
        await bench.ExecuteAsync("ALTER TABLE t DROP CONSTRAINT t_id_check");
        RejectIssue.TryParseId(rule.Id, out var key).ShouldBeTrue();

        var result = await new RejectReplay(bench.Database.DataSource, TimeProvider.System)
            .RunAsync(new RejectFilter { Issue = key, Table = "public.t", Pipeline = rule.Pipeline }, [bench.Pipeline],
                new OperatorAct("ann@here"), Stop);

        result.ShouldBe(new RejectReplayResult(2, 0));
        (await views.ListAsync(Open, 50, Stop)).Items.Select(i => (i.Reason, i.Rejects)).ShouldBe([("bad_value", 1)]);
        (await views.ListAsync(new RejectFilter(), 50, Stop)).Rejects.ShouldBe(3);
        (await views.ListAsync(Open with { Table = "other" }, 50, Stop)).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Issues_OfRandomRejects_AreTheGroupsOfTheModel()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        var reject = Gen.Select(Gen.Int[1, 2], Gen.Int[1, 6], Gen.Int[0, 2],
            Gen.Int[0, 1].Select(i => i == 0 ? "bad_value" : "rule"),
            Gen.Int[0, 2].Select(i => i switch { 0 => "a", 1 => "b", _ => null }),
            Gen.Int[0, 1].Select(i => i == 0 ? "open" : "replayed"));
        var rejects = reject.Array[400].Single();
        await using (var insert = database.DataSource.CreateCommand(
            """
            INSERT INTO ingest.pipeline (name, config) VALUES ('p1', '{"table": "t1"}'), ('p2', '{"table": "{dir}"}');
            INSERT INTO ingest.file (file_id, pipeline, path, size, mtime_ns, dev, inode, status, target) OVERRIDING SYSTEM VALUE
            SELECT 10 * p + f, 'p' || p, f::text, 1, 0, 0, f, 'loaded', CASE p WHEN 2 THEN 'routed' || f % 2 END
                FROM generate_series(1, 2) p, generate_series(1, 6) f
            """)) await insert.ExecuteNonQueryAsync(Stop);
        await using (var insert = database.DataSource.CreateCommand(
            """
            INSERT INTO public.corrupt_records (raw_record, file, file_id, line, record_number, byte_offset, reason, column_name,
                detail, pipeline, status)
            SELECT 'x', f::text, f, 1, 1, 1, r, c, d, p, s
                FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) v (f, r, c, d, p, s)
            """))
        {
            insert.Parameters.Add(new() { Value = rejects.Select(r => 10L * r.Item1 + r.Item2).ToArray() });
            insert.Parameters.Add(new() { Value = rejects.Select(r => r.Item4).ToArray() });
            insert.Parameters.Add(new() { Value = rejects.Select(r => r.Item5).ToArray() });
            insert.Parameters.Add(
                new() { Value = rejects.Select((r, i) => $"message {(char)('a' + r.Item3)} of value \"{i}\" at {i}").ToArray() });
            insert.Parameters.Add(new() { Value = rejects.Select(r => $"p{r.Item1}").ToArray() });
            insert.Parameters.Add(new() { Value = rejects.Select(r => r.Item6).ToArray() });
            await insert.ExecuteNonQueryAsync(Stop);
        }

        foreach (var status in new[] { "open", null })
        {
            var model = rejects.Where(r => status is null || r.Item6 == status)
                .GroupBy(
                    r => $"p{r.Item1}|{(r.Item1 == 1 ? "t1" : $"routed{r.Item2 % 2}")}|{r.Item4}|{r.Item5}|message "
                        + $"{(char)('a' + r.Item3)} of value \"...\" at N")
                .Select(g => $"{g.Key}|{g.Count()}|{g.Select(r => r.Item2).Distinct().Count()}");
            var issues = await new RejectIssueViews(database.DataSource).ListAsync(new RejectFilter { Status = status },
                1000, Stop);

            issues.Items.Select(i => $"{i.Pipeline}|{i.Table}|{i.Reason}|{i.Column}|{i.Shape}|{i.Rejects}|{i.Files}").Order()
                .ShouldBe(model.Order());
            issues.Issues.ShouldBe(issues.Items.Count);
        }
    }
}
