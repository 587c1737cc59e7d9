using Npgsql;

namespace OrleansIngest.Engine.Ledger;

/// <summary>The progress of an index build, from <c>pg_stat_progress_create_index</c>.</summary>
/// <param name="Process">The server process that builds it.</param>
/// <param name="Phase">The server's term, such as <c>building index: scanning table</c>.</param>
/// <param name="Share">Approximate share of the whole build, 0 to 1.</param>
public sealed record IndexProgress(int Process, string Phase, double Share)
{
    /// <summary>A B-tree is built by a scan, a sort and a write; other indexes in one pass.</summary>
    const double ScanOfSorted = 0.5, SortOfSorted = 0.25;

    const string Writing = "building index: loading tuples in tree";

    /// <summary>Whether a B-tree is read and sorted, and only has to be written.</summary>
    public bool IsWriting => Phase == Writing;

    /// <summary>Those of the processes that are building an index.</summary>
    public static async Task<IReadOnlyList<IndexProgress>> ReadAsync(
        NpgsqlDataSource dataSource, IReadOnlyCollection<int> processes, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            SELECT pid, phase, coalesce(blocks_done::float8 / nullif(blocks_total, 0), 0),
                coalesce(tuples_done::float8 / nullif(tuples_total, 0), 0)
            FROM pg_catalog.pg_stat_progress_create_index WHERE pid = ANY ($1)
            """);
        command.Parameters.Add(new() { Value = processes.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var all = new List<IndexProgress>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var phase = reader.GetString(1);
            all.Add(new IndexProgress(reader.GetInt32(0), phase, ShareOf(phase, reader.GetDouble(2), reader.GetDouble(3))));
        }

        return all;
    }

    /// <summary>The completed share of a build.</summary>
    /// <param name="phase">The server's term.</param>
    /// <param name="blocks">Share of the table's blocks that were read.</param>
    /// <param name="tuples">Share of the entries that were written.</param>
    internal static double ShareOf(string phase, double blocks, double tuples) => Math.Clamp(phase switch
    {
        "building index: scanning table" => blocks * ScanOfSorted,
        "building index: sorting live tuples" or "building index: sorting dead tuples" => ScanOfSorted,
        Writing => ScanOfSorted + SortOfSorted + tuples * (1 - ScanOfSorted - SortOfSorted),
        _ when phase.StartsWith("building index", StringComparison.Ordinal) => Math.Max(blocks, tuples),
        _ => 0,
    }, 0, 1);
}
