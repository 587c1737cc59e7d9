using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Loading;

/// <summary>What comes out of a pipe is read once, and loaded like a file.</summary>
public sealed class PipeLoadTests
{
    const string Table = "CREATE TABLE t (id int, note text)";

    [Fact]
    public async Task Pipe_is_loaded_in_batches_with_its_rejects()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => (p.BatchRecords, p.Lanes) = (1000, 1));
        var text = "id,note\n"
            + string.Concat(Enumerable.Range(1, 20_000).Select(i => i % 1000 == 7 ? $"x{i},bad\n" : $"{i},note {i}\n"));

        var (state, _) = await LoadAsync(bench, Encoding.UTF8.GetBytes(text));

        state.Status.ShouldBe("loaded", state.Reason);
        (await bench.RowsAsync("SELECT count(*), sum(id) FROM t")).ShouldBe(
            [$"19980|{Enumerable.Range(1, 20_000).Where(i => i % 1000 != 7).Sum(i => (long)i)}"]);
        (await bench.RowsAsync("SELECT count(*), min(raw_record), min(line) FROM corrupt_records")).ShouldBe(["20|x10007,bad|8"]);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM ingest.batch")).ShouldBeGreaterThanOrEqualTo(20);
        (await bench.RowsAsync("SELECT sha256 = sha256($$" + text + "$$::bytea), end_position FROM ingest.file")).ShouldBe(
            [$"True|{text.Length}"]);
    }

    [Theory]
    [InlineData("events.csv.gz")]
    [InlineData("events.csv.zst")]
    [InlineData("events.utf16.csv")]
    public async Task Pipe_with_compressed_or_encoded_bytes_is_decoded(string name)
    {
        await using var bench = await LoadBench.CreateAsync(
            "CREATE TABLE t (user_id int, action text, product_id int, product_name text, price numeric, event_time "
            + "timestamptz, session_id text)");

        var (state, _) = await LoadAsync(bench,
            await File.ReadAllBytesAsync(Repository.Path($"data/samples/{name}"), TestContext.Current.CancellationToken));

        state.Status.ShouldBe("loaded", state.Reason);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(98);
    }

    [Fact]
    public async Task Pipe_that_is_empty_is_loaded_as_an_empty_file()
    {
        await using var bench = await LoadBench.CreateAsync(Table);

        var (state, _) = await LoadAsync(bench, []);

        (state.Status, state.Reason).ShouldBe(("loaded", "the file is empty"));
    }

    [Fact]
    public async Task Pipe_with_an_archive_is_refused()
    {
        await using var bench = await LoadBench.CreateAsync(Table);

        var (state, _) = await LoadAsync(bench,
            await File.ReadAllBytesAsync(Repository.Path("data/samples/events.zip"), TestContext.Current.CancellationToken));

        state.Reason.ShouldNotBeNull().ShouldContain("an archive cannot be read from a pipe");
    }

    [Fact]
    public async Task Pipe_whose_reader_died_is_never_tried_again()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.BatchRecords = 1000);
        var text = "id,note\n" + string.Concat(Enumerable.Range(1, 20_000).Select(i => $"{i},note {i}\n"));
        var (_, seen) = await LoadAsync(bench, Encoding.UTF8.GetBytes(text));
        // As if its reader had died in the middle of it.
        await bench.ExecuteAsync(
            "DELETE FROM ingest.batch WHERE start_offset > 100000; DELETE FROM t WHERE id > 5000; UPDATE ingest.file SET status "
                + "= 'ready', finished_at = NULL");
        await using var node = await StartAsync(bench);
        await using var workers = new TaskFileWorkers(node, NullLoggerFactory.Instance);

        var state = (await new OneShotLoad(node, bench.Pipeline.Name, workers).RunAsync([seen], null,
            TestContext.Current.CancellationToken)).Single();

        state.Status.ShouldBe("quarantined");
        state.Reason.ShouldNotBeNull().ShouldContain("a pipe cannot be read again");
    }

    [Fact]
    public async Task One_transaction_commits_all_of_an_input_or_nothing()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.BatchRecords = 1000);
        var text = "id,note\n" + string.Concat(Enumerable.Range(1, 20_000).Select(i => $"{i},note {i}\n"));

        var (state, _) = await LoadAsync(bench, Encoding.UTF8.GetBytes(text), inOneTransaction: true);

        state.Status.ShouldBe("loaded", state.Reason);
        (await bench.RowsAsync("SELECT count(*), count(DISTINCT xmin::text) FROM t")).ShouldBe(["20000|1"]);

        var cut = Compress(text)[..^20];
        (state, _) = await LoadAsync(bench, cut, inOneTransaction: true);
        state.Status.ShouldBe("quarantined");
        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(20_000);
    }

    static async Task<(FileState State, Engine.Sources.FileSystem.SeenFile Seen)> LoadAsync(
        LoadBench bench, byte[] bytes, bool inOneTransaction = false)
    {
        var pipe = new PipeInput("stdin", TimeProvider.System, () => new MemoryStream(bytes));
        await using var node = await StartAsync(bench, inOneTransaction, pipe);
        await using var workers = new TaskFileWorkers(node, NullLoggerFactory.Instance);
        var states = await new OneShotLoad(node, bench.Pipeline.Name, workers).RunAsync([pipe.Seen], null,
            TestContext.Current.CancellationToken);
        return (states.Single(), pipe.Seen);
    }

    static Task<IngestNode> StartAsync(LoadBench bench, bool inOneTransaction = false,
        params PipeInput[] pipes) => IngestNode.StartAsync(
        new IngestNodeOptions
        {
            ConnectionString = bench.Database.ConnectionString,
            Kind = "load",
            Pipelines = [bench.Pipeline],
            Pipes = pipes,
            InOneTransaction = inOneTransaction,
        },
        NullLoggerFactory.Instance, TimeProvider.System, TestContext.Current.CancellationToken);

    static byte[] Compress(string text)
    {
        using var stored = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(stored, System.IO.Compression.CompressionLevel.Fastest,
            leaveOpen: true)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return stored.ToArray();
    }
}
