using Npgsql;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Ledger.Views;

/// <summary>Lists of files, page after page, in every order: each file once, where a plain sort has it.</summary>
public sealed class FileOrderTests(FileOrderTests.Seeded seeded) : IClassFixture<FileOrderTests.Seeded>
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<FileSort, bool> Orders()
    {
        var orders = new TheoryData<FileSort, bool>();
        foreach (var sort in Enum.GetValues<FileSort>())
        {
            orders.Add(sort, true);
            orders.Add(sort, false);
        }

        return orders;
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task List_PageAfterPage_HasEachFileOnceInItsOrder(FileSort sort, bool descending)
    {
        FileFilter[] filters =
        [
            new(), new() { Pipeline = "a" }, new() { Text = "FILE-1" }, new() { Text = "Größe" }, new() { Node = "n" },
            new() { Statuses = ["loaded"] }, new() { Statuses = ["ready", "failed", "quarantined"] },
            new() { Statuses = ["vanished"] },
            new() { Statuses = ["loaded-with-rejects"] }, new() { Statuses = ["ready", "all-rejected"] },
            new() { Text = "nothing" },
        ];
        foreach (var some in filters)
        {
            var filter = some with { Sort = sort, Descending = descending };
            var expected = await ExpectedAsync(filter);
            var found = new List<long>();
            PageCursor? after = null;
            do
            {
                var page = await new FileViews(seeded.DataSource).ListAsync(filter, 7, after, Stop);
                page.Total.ShouldBe(expected.Count, $"{filter}");
                found.AddRange(page.Items.Select(file => file.Id));
                after = page.Next is { } next && PageCursor.TryParse(next, out var cursor) ? cursor : null;
            }
            while (after is not null);

            found.ShouldBe(expected, $"{filter}");
        }
    }

    /// <summary>By the plainest statement that there is.</summary>
    static string ValueOf(FileSort sort) => sort switch
    {
        FileSort.Path => "path",
        FileSort.Size => "size",
        FileSort.Mtime => "mtime_ns",
        FileSort.FinishedAt => "finished_at",
        FileSort.Rows => "rows_loaded",
        FileSort.Rejected => "rows_rejected",
        FileSort.DurationMs =>
            "CASE WHEN NOT is_skipped AND status <> 'vanished' THEN finished_at - coalesce(claimed_at, started_at) END",
        _ => "file_id",
    };

    async Task<List<long>> ExpectedAsync(FileFilter filter)
    {
        var direction = filter.Descending ? "DESC" : "ASC";
        await using var command = seeded.DataSource.CreateCommand(
            $"""
            SELECT file_id FROM ingest.file f, LATERAL (SELECT CASE
                WHEN status = 'loaded' AND rows_rejected > 0 AND rejects > 0 THEN CASE WHEN rows_loaded = 0
                    AND rejects >= rows_rejected THEN 'all-rejected' ELSE 'loaded-with-rejects' END
                END AS also FROM (SELECT coalesce(sum(c.rejects), 0) AS rejects FROM ingest.reject_count c
                    WHERE c.file_id = f.file_id) c) state
            WHERE ($1::text IS NULL OR pipeline = $1) AND ($2::text IS NULL OR strpos(lower(path), lower($2)) > 0)
                AND ($3::text IS NULL OR owner_node = $3)
                AND (cardinality($4::text[]) = 0 OR status = ANY ($4) OR also = ANY ($4))
            ORDER BY {ValueOf(filter.Sort)} {direction} NULLS LAST, file_id {direction}
            """);
        command.Parameters.Add(Text(filter.Pipeline));
        command.Parameters.Add(Text(filter.Text));
        command.Parameters.Add(Text(filter.Node));
        command.Parameters.Add(new() { Value = filter.Statuses.ToArray() });
        return await command.ReadAllAsync(reader => reader.GetInt64(0), Stop);
    }

    static NpgsqlParameter Text(string? value) => new()
    { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text };

    /// <summary>Files of every state in three pipelines, with many equal values.</summary>
    public sealed class Seeded : IAsyncLifetime
    {
        TestDatabase _database = null!;

        public NpgsqlDataSource DataSource => _database.DataSource;

        public async ValueTask InitializeAsync()
        {
            _database = await TestPostgres.CreateDatabaseAsync();
            await using var command = DataSource.CreateCommand(
                """
                INSERT INTO ingest.pipeline (name, config) VALUES ('a', '{}'), ('b', '{}'), ('empty', '{}');
                INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status, owner_node, rows_loaded,
                    rows_rejected, started_at, finished_at)
                SELECT p, format('/%s/%s-%s', n % 3, CASE n % 4 WHEN 0 THEN 'größe' ELSE 'File' END, n), n % 5, 100 - n % 7, 0, n,
                    s,
                    CASE WHEN n % 2 = 0 THEN 'n' END, CASE WHEN s = 'loaded' THEN n % 3 ELSE 0 END, CASE
                        WHEN s = 'loaded' THEN n % 4 ELSE 0 END,
                    CASE WHEN n % 6 > 0 THEN now() END, CASE
                        WHEN s IN ('loaded', 'quarantined', 'vanished') THEN now() + n % 5 * interval '1 s' END
                FROM unnest(ARRAY['a', 'b']) p,
                    unnest(ARRAY['discovered', 'ready', 'loading', 'loaded', 'failed', 'quarantined', 'ignored',
                        'vanished']) WITH ORDINALITY s (s, o),
                    LATERAL (SELECT i * 8 + o AS n FROM generate_series(1, 6) i) n;
                INSERT INTO ingest.reject_count SELECT pipeline, file_id, rows_rejected FROM ingest.file WHERE rows_rejected > 1;
                """);
            await command.ExecuteNonQueryAsync(Stop);
        }

        public ValueTask DisposeAsync() => _database.DisposeAsync();
    }
}
