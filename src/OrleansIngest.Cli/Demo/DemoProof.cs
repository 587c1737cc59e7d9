using System.Globalization;
using Npgsql;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Generator;

namespace OrleansIngest.Cli.Demo;

/// <summary>Compares the database with the generator's manifest, file by file, and by sums over the rows.</summary>
sealed class DemoProof
{
    DemoProof(DemoSummary summary) => Summary = summary;

    public DemoSummary Summary { get; }

    public static async Task<DemoProof> MakeAsync(
        NpgsqlDataSource data, string pipeline, Manifest manifest, IReadOnlyCollection<TimeSpan> latencies,
        CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        var found = await FilesAsync(data, pipeline, cancellationToken);
        var proved = 0;
        foreach (var file in manifest.Files)
        {
            var wanted = new Found("loaded", file.Good, file.Corrupt, file.BlankLines, file.Corrupt, file.Sha256);
            if (!found.TryGetValue(file.Name, out var actual)) problems.Add($"{file.Name}: it is not in the ledger");
            else if (actual != wanted) problems.Add($"{file.Name}: expected {wanted}, found {actual}");
            else proved++;
        }

        await using var command = data.CreateCommand(
            "SELECT count(*), coalesce(sum(user_id), 0)::bigint, coalesce(sum(product_id), 0)::bigint, coalesce(sum(price), 0), "
                + "(SELECT count(*) FROM corrupt_records) FROM events");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        Check("rows in events", manifest.Good, reader.GetInt64(0));
        Check("sum(user_id)", manifest.SumUserId, reader.GetInt64(1));
        Check("sum(product_id)", manifest.Files.Sum(f => f.SumProductId), reader.GetInt64(2));
        Check("sum(price)", manifest.SumPrice, reader.GetDecimal(3));
        Check("rows in corrupt_records", manifest.Corrupt, reader.GetInt64(4));
        return new DemoProof(new DemoSummary(
            problems.Count == 0, manifest.Files.Count, proved, reader.GetInt64(0), reader.GetInt64(4),
            Percentile(latencies, 0.5), Percentile(latencies, 0.99), problems));

        void Check<T>(string what, T wanted, T actual)
        {
            if (!EqualityComparer<T>.Default.Equals(wanted, actual)) problems.Add($"{what}: expected {wanted}, found {actual}");
        }
    }

    public void Print(TextWriter output, string psql)
    {
        var text = CultureInfo.InvariantCulture;
        foreach (var problem in Summary.Problems) output.WriteLine($"NOT AS WRITTEN  {problem}");
        output.WriteLine(string.Create(text,
            $"{Summary.FilesProved} of {Counted.Of(Summary.Files, "file")} proved: rows, rejects, blank lines and SHA-256 match "
                + $"the generator's manifest"));
        output.WriteLine(string.Create(text,
            $"{Counted.Of(Summary.Rows, "row")} in events, {Summary.Rejected:N0} in corrupt_records; count and sums of user_id, "
                + $"product_id and price agree"));
        output.WriteLine(string.Create(text,
            $"latency from file in place to rows visible: p50 {Summary.LatencyP50Ms:0} ms, p99 {Summary.LatencyP99Ms:0} ms"));
        output.WriteLine($"to query the data: {psql}");
        output.WriteLine(Summary.Proved ? "PROVED: every record is in exactly one place, once" : "NOT PROVED");
    }

    static async Task<Dictionary<string, Found>> FilesAsync(
        NpgsqlDataSource data, string pipeline, CancellationToken cancellationToken)
    {
        await using var command = data.CreateCommand(
            """
            SELECT f.path, f.status, f.rows_loaded, f.rows_rejected, f.rows_skipped, coalesce(c.rejects, 0),
                encode(f.sha256, 'hex')
            FROM ingest.file f LEFT JOIN (SELECT file_id, count(*) AS rejects FROM corrupt_records GROUP BY file_id) c
                USING (file_id)
            WHERE f.pipeline = $1
            """);
        command.Parameters.Add(new() { Value = pipeline });
        var found = new Dictionary<string, Found>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            found[Path.GetFileName(reader.GetString(0))] = new Found(
                reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5),
                reader.IsDBNull(6) ? "" : reader.GetString(6));
        }

        return found;
    }

    static double Percentile(IReadOnlyCollection<TimeSpan> values, double share) =>
        values.Count == 0 ? 0
            : Math.Round(values.Order().ElementAt((int)Math.Ceiling(share * values.Count) - 1).TotalMilliseconds, 1);

    sealed record Found(string Status, long Loaded, long Rejected, long Blank, long CorruptRecords, string Sha256);
}
