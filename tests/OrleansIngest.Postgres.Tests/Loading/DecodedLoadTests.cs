using System.IO.Compression;
using System.Text;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Loading;

/// <summary>Compressed files, archives and other encodings, loaded as they come.</summary>
public sealed class DecodedLoadTests
{
    const string Table = "CREATE TABLE t (id int PRIMARY KEY, note text CHECK (note <> 'refused'))";

    const string Events = """
        CREATE TABLE t (user_id int, action text, product_id int, product_name text, price numeric, event_time timestamptz,
            session_id text)
        """;

    [Theory]
    [InlineData("events.csv", 98)]
    [InlineData("events.csv.gz", 98)]
    [InlineData("events.csv.zst", 98)]
    [InlineData("events.csv.lz4", 98)]
    [InlineData("events.csv.br", 98)]
    [InlineData("events.utf16.csv", 98)]
    [InlineData("events.windows-1252.csv", 67)]
    [InlineData("events.zip", 98)]
    [InlineData("events.tar.gz", 98)]
    public async Task Sample_of_each_kind_loads_the_rows_of_the_plain_file(string name, long rows)
    {
        await using var bench = await LoadBench.CreateAsync(Events);
        await bench.LoadAsync(bench.Write("plain.csv", await File.ReadAllBytesAsync(Repository.Path("data/samples/events.csv"))));
        await bench.ExecuteAsync("ALTER TABLE t RENAME TO plain; CREATE TABLE t (LIKE plain)");

        var states = await bench.LoadAsync(Repository.Path($"data/samples/{name}"));

        states.ShouldAllBe(s => s.Status == "loaded", string.Join('\n', states.Select(s => s.Reason)));
        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(rows);
        (await bench.RowsAsync("SELECT * FROM (SELECT * FROM t EXCEPT ALL SELECT * FROM plain) AS other")).ShouldBeEmpty();
        (await bench.RowsAsync("SELECT path FROM ingest.file WHERE sha256 IS NULL OR bytes_read <> size")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Rejects_of_a_compressed_file_keep_their_bytes_and_places()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => (p.BatchRecords, p.Lanes) = (3, 1));
        var path = bench.Write("a.csv.gz", Gzip("id,note\n1,one\nx,two\n3,refused\n4,\"fo\"ur\n5,five\n1,again\n"));

        var states = await bench.LoadAsync(path);

        states.Single().Status.ShouldBe("loaded", states.Single().Reason);
        (await bench.RowsAsync("SELECT id FROM t ORDER BY id")).ShouldBe(["1", "5"]);
        (await bench.RowsAsync("SELECT line, byte_offset, raw_record FROM corrupt_records ORDER BY line"))
            .ShouldBe(["3|14|x,two", "4|20|3,refused", "5|30|4,\"fo\"ur", "7|46|1,again"]);
        (await bench.RowsAsync("SELECT position_unit, end_position FROM ingest.file")).ShouldBe(["decoded_byte|54"]);
    }

    [Fact]
    public async Task Restart_points_are_kept_with_the_batches_and_used_by_the_next_claim()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.BatchRecords = 2000);
        var rows = Enumerable.Range(1, 100_000).Select(i => $"{i},note number {i} with some text behind it\n").Chunk(30_000)
            .Select(c => Gzip(string.Concat(c)));
        var path = bench.Write("a.csv.gz", [.. Gzip("id,note\n"), .. rows.SelectMany(r => r)]);

        (await bench.LoadAsync(path)).Single().Status.ShouldBe("loaded");

        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(100_000);
        (await bench.ScalarAsync<long>("SELECT count(DISTINCT restart_offset) FROM ingest.batch")).ShouldBe(3);
    }

    /// <summary>Lanes commit in any order: what is open after a death may be a gap, and the end as well.</summary>
    [Theory]
    [InlineData("id BETWEEN 2001 AND 3000")]
    [InlineData("id BETWEEN 2001 AND 3000 OR id > 8000")]
    [InlineData("id > 8000")]
    [InlineData("false")]
    public async Task Gaps_between_what_is_committed_are_filled_and_the_end_is_found(string lost)
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.BatchRecords = 1000);
        var text = Enumerable.Range(1, 10_000).Select(i => $"{i},note {i}\n").Chunk(1700).SelectMany(c => Gzip(string.Concat(c)));
        var path = bench.Write("a.csv.gz", [.. Gzip("id,note\n"), .. text]);
        (await bench.LoadAsync(path)).Single().Status.ShouldBe("loaded");
        await bench.ExecuteAsync(
            $"""
            DELETE FROM ingest.batch WHERE first_record IN (SELECT id FROM t WHERE {lost}); DELETE FROM t WHERE {lost};
            UPDATE ingest.file SET status = 'ready', finished_at = NULL, end_position = NULL
            """);

        var state = (await bench.LoadAsync(path)).Single();

        state.Status.ShouldBe("loaded", state.Reason);
        (await bench.RowsAsync("SELECT count(*), sum(id) FROM t")).ShouldBe(["10000|50005000"]);
    }

    [Fact]
    public async Task File_that_is_cut_off_is_quarantined_with_what_is_committed_of_it()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.BatchRecords = 1000);
        var whole = Gzip("id,note\n" + string.Concat(Enumerable.Range(1, 100_000).Select(i => $"{i},{i * 7919L % 1000003}\n")));
        var path = bench.Write("a.csv.gz", whole[..(whole.Length / 2)]);

        var state = (await bench.LoadAsync(path)).Single();

        state.Status.ShouldBe("quarantined");
        state.Reason.ShouldNotBeNull()
            .ShouldContain("gzip: the stream is truncated inside a member, so the file is incomplete: deliver it again");
        (await bench.RowsAsync("SELECT count(*) > 10000, max(id) - count(*) FROM t")).ShouldBe(["True|0"]);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM corrupt_records")).ShouldBe(0);
    }

    [Fact]
    public async Task Archive_with_a_file_that_cannot_be_read_loads_the_others()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in new[] { ("good.csv", "id,note\n1,one\n"), ("readme.txt", "nothing here\n"),
                ("more.csv.gz", "") })
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(name == "more.csv.gz" ? Gzip("id,note\n2,two\n") : Encoding.UTF8.GetBytes(text));
            }
        }

        var path = bench.Write("a.zip", bytes.ToArray());
        var states = await bench.LoadAsync(path);

        (await bench.RowsAsync("SELECT id, note FROM t ORDER BY id")).ShouldBe(["1|one", "2|two"]);
        states.Select(s => $"{s.Path[bench.Folder.Length..].TrimStart('/')} {s.Status}")
            .ShouldBe(["a.zip loaded", "a.zip!/good.csv loaded", "a.zip!/readme.txt quarantined", "a.zip!/more.csv.gz loaded"]);
        (await bench.LoadAsync(path)).Count(s => s.WasHandled).ShouldBe(0, "loading it again is nothing to do");
    }

    [Fact]
    public async Task Text_in_a_told_encoding_keeps_positions_and_stored_bytes_and_rejects_what_is_no_character()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.Encoding = "windows-1252");
        var path = bench.Write("a.csv",
            [.. "id,note\n1,caf"u8, 0xE9, .. " \n2,x"u8, 0x81, .. "\nz,"u8, 0x80, .. "\n4,\""u8, 0x80, .. "\"\"5\"\n"u8]);

        var state = (await bench.LoadAsync(path)).Single();

        state.Status.ShouldBe("loaded", state.Reason);
        (await bench.RowsAsync("SELECT id, note FROM t ORDER BY id")).ShouldBe(["1|café ", "4|€\"5"]);
        (await bench.RowsAsync("SELECT reason, byte_offset, encode(raw_bytes, 'hex') FROM corrupt_records ORDER BY line"))
            .ShouldBe(["invalid_encoding|16|322c7881", "bad_value|21|7a2c80"]);
        (await bench.RowsAsync("SELECT position_unit FROM ingest.file")).ShouldBe(["byte"]);
    }

    [Fact]
    public async Task Text_whose_encoding_cannot_be_told_is_refused_with_the_readings()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var path = bench.Write("a.csv",
            [.. "id,note\n"u8, .. Enumerable.Range(1,
                50).SelectMany(i => (byte[])[.. Encoding.ASCII.GetBytes($"{i},"), 0xCC, 0xEE, 0xF1, 0xEA, 0xE2, 0xE0, 10])]);

        var state = (await bench.LoadAsync(path)).Single();

        state.Status.ShouldBe("quarantined");
        state.Reason.ShouldNotBeNull().ShouldContain("windows-1251: 1,Москва");
    }

    static byte[] Gzip(string text)
    {
        using var stored = new MemoryStream();
        using (var gzip = new GZipStream(stored, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return stored.ToArray();
    }
}
