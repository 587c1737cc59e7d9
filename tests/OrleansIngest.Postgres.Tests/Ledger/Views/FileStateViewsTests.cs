using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Ledger.Views;

/// <summary>The numbers on the tabs of the files.</summary>
public sealed class FileStateViewsTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, null)]
    [InlineData("a", null)]
    [InlineData(null, "odd")]
    [InlineData("b", "even")]
    public async Task Count_IsWhatTheListHasInEachState(string? pipeline, string? text)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await SeedAsync(database, 3);
        var filter = new FileFilter { Pipeline = pipeline, Text = text };

        var counts = await new FileStateViews(database.DataSource).CountAsync(filter, Stop);

        var files = new FileViews(database.DataSource);
        foreach (var state in FileStates.All)
        {
            var list = await files.ListAsync(filter with { Statuses = [state] }, 100, null, Stop);
            counts.States.GetValueOrDefault(state).ShouldBe(list.Total!.Value, state);
        }

        counts.Total.ShouldBe((await files.ListAsync(filter, 100, null, Stop)).Total!.Value);
        (counts.AtLeast, counts.RejectsAtLeast).ShouldBe((null, null));
    }

    [Fact]
    public async Task Count_MoreThanIsWorthCounting_SaysSo()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await SeedAsync(database, ViewLimits.CountedUpTo / 2);

        var found = await new FileStateViews(database.DataSource).CountAsync(new FileFilter { Text = "file" }, Stop);
        var all = await new FileStateViews(database.DataSource).CountAsync(new FileFilter(), Stop);

        (found.AtLeast, found.States.Count).ShouldBe((ViewLimits.CountedUpTo, 0));
        (all.AtLeast, all.RejectsAtLeast).ShouldBe((null, ViewLimits.CountedUpTo));
        all.States["quarantined"].ShouldBe(ViewLimits.CountedUpTo);
        all.States.ContainsKey(FileStates.AllRejected).ShouldBeFalse();
    }

    /// <summary>In two pipelines: so many files of some states, half of the loaded ones without a row, all with open rejects but
    /// the last.</summary>
    static async Task SeedAsync(TestDatabase database, int many)
    {
        await using var command = database.DataSource.CreateCommand(
            """
            INSERT INTO ingest.pipeline (name, config) VALUES ('a', '{}'), ('b', '{}');
            INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status, rows_loaded, rows_rejected, records_read)
            SELECT p, format('/%s/file-%s-%s-%s', p, s, n, CASE WHEN n % 2 = 0 THEN 'even' ELSE 'odd' END), 1, 0, 0, n, s, CASE
                WHEN s = 'loaded' THEN n % 2 ELSE 0 END,
                CASE WHEN s = 'loaded' THEN 1 ELSE 0 END, CASE WHEN s = 'loaded' THEN n % 2 + 1 ELSE 0 END
            FROM unnest(ARRAY['a', 'b']) p, unnest(ARRAY['ready', 'loaded', 'quarantined']) s,
            """ + $" generate_series(1, {many}) n;"
            + $"""
            INSERT INTO public.corrupt_records (
                raw_record, file, file_id, line, record_number, byte_offset, reason, detail, pipeline)
            SELECT '', path, file_id, 1, 1, 0, 'bad_value', 'x', pipeline FROM ingest.file WHERE status = 'loaded' AND (
                inode < {many} OR {many} > 100)
            """);
        command.CommandTimeout = 120;
        await command.ExecuteNonQueryAsync(Stop);
        if (many > 100)
        {
            await using var more = database.DataSource.CreateCommand(
                "INSERT INTO ingest.reject_count SELECT 'a', 1000000 + n, 1 FROM generate_series(1, 10) n");
            await more.ExecuteNonQueryAsync(Stop);
        }
    }
}
