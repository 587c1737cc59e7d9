using System.Globalization;
using System.IO.Compression;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Postgres.Tests.Loading.Staging;

/// <summary>Whole files that are not plain files: their rejected records have to be found again all the same.</summary>
public sealed class StageInputTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static Task<LoadBench> BenchAsync() => LoadBench.CreateAsync("CREATE TABLE t (id int CHECK (id <> 13), v int)", p =>
    {
        p.WholeFile = true;
        p.BatchRecords = 100;
    });

    static string Content(int rows)
    {
        var text = new StringBuilder("id,v\n");
        for (var i = 1; i <= rows; i++) text.Append(CultureInfo.InvariantCulture, $"{i},1\n");
        return text.ToString();
    }

    [Fact]
    public async Task Load_CompressedFileAndArchive_RejectsWhatTheServerRefusesWithItsText()
    {
        await using var bench = await BenchAsync();
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(Content(20_000)), Stop);
        using var archive = new MemoryStream();
        await using (var zip = new ZipArchive(archive, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var name in new[] { "x.csv", "y.csv" })
            {
                await using var entry = await zip.CreateEntry(name).OpenAsync(Stop);
                await entry.WriteAsync(Encoding.UTF8.GetBytes(Content(500)), Stop);
            }
        }

        var states = await bench.LoadAsync(bench.Write("a.csv.gz", packed.ToArray()), bench.Write("b.zip", archive.ToArray()));

        states.ShouldAllBe(s => s.Status == "loaded");
        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(20_000 + 1000 - 3);
        (await bench.RowsAsync("SELECT raw_record, line FROM corrupt_records")).ShouldBe(["13,1|14", "13,1|14", "13,1|14"]);
    }

    [Theory]
    [InlineData(12, "loaded")]
    [InlineData(1000, "quarantined")]
    public async Task Load_Pipe_IsWholeOrSaysWhyNot(int rows, string status)
    {
        await using var bench = await BenchAsync();
        var pipe = new PipeInput("stdin", TimeProvider.System, () => new MemoryStream(Encoding.UTF8.GetBytes(Content(rows))));
        await using var node = await IngestNode.StartAsync(
            new IngestNodeOptions
            {
                ConnectionString = bench.Database.ConnectionString,
                Kind = "load",
                Pipelines = [bench.Pipeline],
                Pipes = [pipe]
            },
            NullLoggerFactory.Instance, TimeProvider.System, Stop);
        await using var workers = new TaskFileWorkers(node, NullLoggerFactory.Instance);

        var state = (await new OneShotLoad(node, "test", workers).RunAsync([pipe.Seen], null, Stop)).Single();

        state.Status.ShouldBe(status, state.Reason);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(status == "loaded" ? rows : 0);
        if (status != "loaded") state.Reason.ShouldNotBeNull().ShouldContain("the first is record 13: ");
    }
}
