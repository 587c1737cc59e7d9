using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Ledger;

public sealed class AppendLedgerTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static async Task<(LoadBench Bench, FileClaim Claim, AppendBase Older)> GrownAsync()
    {
        var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int)", p => p.OnChange = ChangePolicy.Append);
        var path = bench.Write("a.csv", "id\n1\n2\n");
        await bench.LoadAsync(path);
        await File.AppendAllTextAsync(path, "3\n", Stop);
        var node = bench.Node!;
        await node.Files.NoteFilesAsync("test", [LoadBench.Stat(path)], "ready", null, Stop);
        var claim = (await node.Files.ClaimAsync("test", node.Id, 1, null, Stop)).Single();
        return (bench, claim, (await AppendLedger.OlderAsync(bench.Database.DataSource, claim, Stop))!);
    }

    [Fact]
    public async Task Begin_AskedTwice_CountsTheOldRecordsOnce()
    {
        var (bench, claim, older) = await GrownAsync();
        await using (bench)
        {
            (await AppendLedger.BeginAsync(bench.Database.DataSource, claim, older, 3, Stop)).ShouldBeTrue();
            (await AppendLedger.BeginAsync(bench.Database.DataSource, claim, older, 3, Stop)).ShouldBeTrue();

            (await bench.RowsAsync(
                $"SELECT start_offset, end_offset, records, lines, rows_loaded, rows_skipped FROM ingest.batch WHERE file_id = "
                    + $"{claim.FileId}"))
                .ShouldBe(["0|7|2|3|0|2"]);
            (await AppendLedger.BegunAsync(bench.Database.DataSource, claim.FileId, Stop)).ShouldBe((7, "version 1 (file 1)", 2));
            await bench.CountsShouldAgreeAsync();
        }
    }

    [Fact]
    public async Task Begin_ClaimIsNotInForce_WritesNothing()
    {
        var (bench, claim, older) = await GrownAsync();
        await using (bench)
        {
            (await AppendLedger.BeginAsync(bench.Database.DataSource, claim with { Epoch = claim.Epoch + 1 }, older, 3,
                Stop)).ShouldBeFalse();
            (await AppendLedger.BeginAsync(bench.Database.DataSource, claim with { Owner = new NodeId("other") }, older, 3,
                Stop)).ShouldBeFalse();

            (await bench.RowsAsync($"SELECT count(*) FROM ingest.batch WHERE file_id = {claim.FileId}")).ShouldBe(["0"]);
            (await AppendLedger.BegunAsync(bench.Database.DataSource, claim.FileId, Stop)).ShouldBeNull();
        }
    }
}
