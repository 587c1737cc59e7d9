using System.IO.Compression;
using System.Text;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Ledger.Operators;

/// <summary>Files that are loaded anew in the place of their own rows (<c>replay --replace</c>).</summary>
public sealed class ReplaceTests
{
    const string Table = "CREATE TABLE t (id int PRIMARY KEY, n int CHECK (n < 100), src bigint)";
    static readonly OperatorAct Ann = new("ann", "the test");

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static Task<LoadBench> BenchAsync(Action<PipelineOptions>? more = null) => LoadBench.CreateAsync(Table, p =>
    {
        p.MaxAttempts = 1;
        p.Metadata = new Dictionary<string, string> { ["src"] = "{fileId}" };
        more?.Invoke(p);
    });

    [Fact]
    public async Task Replace_LoadedFile_PutsItsRowsInThePlaceOfTheOld()
    {
        await using var bench = await BenchAsync();
        await bench.LoadAsync(bench.Write("other.csv", "id,n\n9,9\n"));
        var path = bench.Write("a.csv", "id,n\n1,1\n2,200\n3,3\n");
        var first = (await bench.LoadAsync(path)).Single();
        await bench.ExecuteAsync("ALTER TABLE t DROP CONSTRAINT t_n_check; UPDATE t SET n = -1 WHERE id = 1");
        var operators = new OperatorLedger(bench.Database.DataSource);

        var trial = await operators.ApplyAsync(FileVerb.Replace, first.FileId, Ann, Stop, isTrial: true);
        var unchanged = await bench.RowsAsync("SELECT id, n FROM t ORDER BY id");
        var done = await operators.ApplyAsync(FileVerb.Replace, first.FileId, Ann, Stop);
        var twice = await operators.ApplyAsync(FileVerb.Replace, first.FileId, Ann, Stop);
        var second = (await bench.LoadAsync(path)).Single();

        (trial.Outcome, trial.Rows, trial.FileId).ShouldBe((VerbOutcome.Done, 2, first.FileId));
        trial.Message.ShouldBe(
            "will be loaded again as version 2; 2 rows are removed from the table in the transaction that adds the new ones");
        unchanged.ShouldBe(["1|-1", "3|3", "9|9"]);
        (done.Outcome, done.Rows, twice.Outcome).ShouldBe((VerbOutcome.Done, 2, VerbOutcome.Nothing));
        second.Status.ShouldBe("loaded", second.Reason);
        (await bench.RowsAsync("SELECT id, n FROM t ORDER BY id")).ShouldBe(["1|1", "2|200", "3|3", "9|9"]);
        (await bench.RowsAsync(
            "SELECT version, status, rows_loaded FROM ingest.file WHERE path LIKE '%a.csv' ORDER BY version")).ShouldBe(
                ["1|ignored|0", "2|loaded|3"]);
        (await bench.RowsAsync("SELECT status FROM corrupt_records")).ShouldBe(["replaced"]);
        (await bench.RowsAsync(
            "SELECT kind, detail LIKE '%(the test)' FROM ingest.history WHERE kind LIKE 'operator.%'")).ShouldBe(
                ["operator.replace|True"]);
    }

    [Fact]
    public async Task Replace_FileThatCannotBeReadAnyMore_LeavesTheOldRows()
    {
        await using var bench = await BenchAsync();
        var path = bench.Write("a.csv", "id,n\n1,1\n");
        var first = (await bench.LoadAsync(path)).Single();
        await bench.ExecuteAsync("ALTER TABLE t RENAME TO gone");
        await new OperatorLedger(bench.Database.DataSource).ApplyAsync(FileVerb.Replace, first.FileId, Ann, Stop);

        var second = (await bench.LoadAsync(path)).Single();

        second.Status.ShouldBe("quarantined");
        (await bench.RowsAsync("SELECT id FROM gone")).ShouldBe(["1"]);
    }

    [Fact]
    public async Task Replace_FileThatChangedMeanwhile_TakesTheNewContentInThePlaceOfTheOldRows()
    {
        await using var bench = await BenchAsync();
        var path = bench.Write("a.csv", "id,n\n1,1\n");
        var first = (await bench.LoadAsync(path)).Single();
        await new OperatorLedger(bench.Database.DataSource).ApplyAsync(FileVerb.Replace, first.FileId, Ann, Stop);

        var second = (await bench.LoadAsync(bench.Write("a.csv", "id,n\n5,5\n6,6\n"))).Single();

        second.Status.ShouldBe("loaded", second.Reason);
        (await bench.RowsAsync("SELECT id FROM t ORDER BY id")).ShouldBe(["5", "6"]);
    }

    [Fact]
    public async Task Replace_FileGivenUpHalfway_BeginsItAnew()
    {
        await using var bench = await BenchAsync(p => p.BatchRecords = 1);
        var path = bench.Write("a.csv", "id,n\n1,1\n2,2\n3,3\n4,4\n");
        var first = (await bench.LoadAsync(path)).Single();
        // As if its last batch had never been committed, and somebody had set it aside.
        await bench.ExecuteAsync(
            "DELETE FROM t WHERE id = 4; DELETE FROM ingest.batch WHERE first_record = 4; UPDATE ingest.file SET status = "
                + "'quarantined', rows_loaded = 0");

        var done = await new OperatorLedger(bench.Database.DataSource).ApplyAsync(FileVerb.Replace, first.FileId, Ann, Stop);
        var second = (await bench.LoadAsync(path)).Single();

        (done.Outcome, done.Rows).ShouldBe((VerbOutcome.Done, 3), done.Message);
        second.Status.ShouldBe("loaded", second.Reason);
        (await bench.RowsAsync("SELECT count(*), count(DISTINCT src), min(src) FROM t")).ShouldBe([$"4|1|{second.FileId}"]);
    }

    [Fact]
    public async Task Replace_Archive_ReplacesTheRowsOfItsMembers()
    {
        await using var bench = await BenchAsync();
        var path = bench.Write("a.zip", Zip(("x.csv", "id,n\n1,1\n2,2\n"), ("y.csv", "id,n\n3,3\n")));
        await bench.LoadAsync(path);
        await bench.ExecuteAsync("UPDATE t SET n = 50");
        var archive = (await new OperatorLedger(bench.Database.DataSource).FindAsync(path, null, Stop)).Single().File;

        var done = await new OperatorLedger(bench.Database.DataSource).ApplyAsync(FileVerb.Replace, archive, Ann, Stop);
        var states = await bench.LoadAsync(path);

        (done.Outcome, done.Rows).ShouldBe((VerbOutcome.Done, 3), done.Message);
        states.ShouldAllBe(s => s.Status == "loaded");
        (await bench.RowsAsync("SELECT id, n FROM t ORDER BY id")).ShouldBe(["1|1", "2|2", "3|3"]);
    }

    [Theory]
    [InlineData(WriteMode.Append, false, "do not store their file")]
    [InlineData(WriteMode.Upsert, true, "merged by key")]
    [InlineData(WriteMode.ReplaceTable, true, "replaces the whole table")]
    public async Task Replace_PipelineThatCannot_IsRefusedWithTheReason(WriteMode mode, bool keeps, string reason)
    {
        await using var bench = await BenchAsync(p =>
        {
            p.Write = mode;
            if (mode == WriteMode.Upsert) p.Key = ["id"];
            if (!keeps) p.Metadata = new Dictionary<string, string>();
        });
        var first = (await bench.LoadAsync(bench.Write("a.csv", "id,n\n1,1\n"))).Single();

        var refused = await new OperatorLedger(bench.Database.DataSource).ApplyAsync(FileVerb.Replace, first.FileId, Ann, Stop);

        (refused.Outcome, refused.Message).ShouldSatisfyAllConditions(r => r.Outcome.ShouldBe(VerbOutcome.Refused),
            r => r.Message.ShouldContain(reason));
        (await bench.RowsAsync("SELECT count(*) FROM ingest.file")).ShouldBe(["1"]);
    }

    [Fact]
    public async Task IsPossible_AnyPipeline_AgreesWithWhyNot()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        PipelineOptions[] pipelines =
        [
            Pipeline(), Pipeline(p => p.Metadata = new Dictionary<string, string> { ["a"] = "{path}" }),
            Pipeline(p => p.Metadata = new Dictionary<string, string> { ["a"] = "{path}", ["b"] = "{fileId}" }),
            KeepingFile(p => p.Write = WriteMode.Upsert),
            KeepingFile(p => p.Write = WriteMode.InsertNew), KeepingFile(p => p.Write = WriteMode.ReplaceTable),
            KeepingFile(p => p.OnChange = ChangePolicy.Replace),
            KeepingFile(p => p.Compute = new Dictionary<string, string> { ["n"] = "id" }),
            KeepingFile(p => p.Rules = [new RequiredRule { Column = "n" }]),
            KeepingFile(p => p.Rules = [new FoundInRule { Column = "n", In = "t(id)" }]),
        ];
        foreach (var pipeline in pipelines)
        {
            await using var command = bench.Database.DataSource.CreateCommand(
                $"SELECT {Replacement.IsPossible} FROM (SELECT $1::jsonb AS config) p");
            command.Parameters.Add(new() { Value = PipelineJson.Write(pipeline) });

            ((bool)(await command.ExecuteScalarAsync(Stop))!).ShouldBe(Replacement.WhyNot(pipeline) is null,
                PipelineJson.Write(pipeline));
        }
    }

    [Fact]
    public async Task Choice_GlobTimeAndState_FindsTheNewestVersions()
    {
        await using var bench = await BenchAsync();
        await bench.LoadAsync(bench.Write("a1.csv", "id,n\n1,1\n"), bench.Write("a2.csv", "id,n\n2,2\n"),
            bench.Write("b.csv", "id,n\n3,3\n"), bench.Write("bad.csv", "x\n"));
        await bench.ExecuteAsync("UPDATE ingest.file SET finished_at = '2026-01-01' WHERE path LIKE '%a1.csv'");
        await bench.LoadAsync(bench.Write("b.csv", "id,n\n4,4\n5,5\n"));

        (await FindAsync(new FileChoice(Path.Combine(bench.Folder, "a*.csv")) { HasRows = true })).ShouldBe(["a1.csv", "a2.csv"]);
        (await FindAsync(new FileChoice(null)
        {
            HasRows = true,
            Since = new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero)
        })).ShouldBe(["a2.csv", "b.csv"]);
        (await FindAsync(new FileChoice(null)
        {
            HasRows = true,
            Until = new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero)
        })).ShouldBe(["a1.csv"]);
        (await FindAsync(new FileChoice(null) { Pipeline = "test" })).ShouldBe(["bad.csv"]);
        (await FindAsync(new FileChoice(null) { Pipeline = "nobody", HasRows = true })).ShouldBeEmpty();

        async Task<string[]> FindAsync(FileChoice choice) =>
            [.. (await choice.FindAsync(bench.Database.DataSource, Stop)).Select(f => Path.GetFileName(f.Path))];
    }

    static PipelineOptions Pipeline(Action<PipelineOptions>? change = null)
    {
        var pipeline = new PipelineOptions { Name = "p", Table = "t", Key = ["id"] };
        change?.Invoke(pipeline);
        return pipeline;
    }

    static PipelineOptions KeepingFile(Action<PipelineOptions> change) => Pipeline(p =>
    {
        p.Metadata = new Dictionary<string, string> { ["src"] = "{fileId}" };
        change(p);
    });

    static byte[] Zip(params (string Name, string Content)[] members)
    {
        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in members)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(content));
            }
        }

        return bytes.ToArray();
    }
}
