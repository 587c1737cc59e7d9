using System.Globalization;
using Npgsql;
using OrleansIngest.Engine.Diagnostics;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Lists which records of an abandoned file are in the table, because the table itself does not show it.</summary>
static class PartialLoad
{
    const int Most = 5;

    /// <summary>Adds the list to the reason if anything is committed.</summary>
    /// <param name="reason">Why the file is abandoned; null for no reason.</param>
    /// <param name="connection">In the transaction that abandons it: the file is locked here, so that no batch commits after this
    /// was read.</param>
    /// <param name="claim">The claim of the file.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<string?> AddToAsync(string? reason, NpgsqlConnection connection, FileClaim claim,
        CancellationToken cancellationToken)
    {
        await using (var hold = new NpgsqlCommand($"SELECT FROM ingest.file WHERE {FileLedger.InForce} FOR NO KEY UPDATE",
            connection))
        {
            FileLedger.AddClaim(hold, claim);
            await hold.ExecuteNonQueryAsync(cancellationToken);
        }

        // A second statement, so that it sees the changes that the lock waited for.
        await using var command = new NpgsqlCommand(
            $"""
            SELECT first_record, records, rows_loaded, rows_rejected FROM ingest.batch
            WHERE file_id = $1 AND records > 0 AND NOT {StageLedger.IsStaged("$1")} ORDER BY start_offset
            """, connection);
        command.Parameters.Add(new() { Value = claim.FileId.Value });
        var ranges = new List<(long First, long Last)>();
        long rows = 0, rejected = 0;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (first, records) = (reader.GetInt64(0), reader.GetInt64(1));
            if (ranges.Count > 0 && ranges[^1].Last + 1 == first) ranges[^1] = (ranges[^1].First, first + records - 1);
            else ranges.Add((first, first + records - 1));
            rows += reader.GetInt64(2);
            rejected += reader.GetInt64(3);
        }

        return ranges.Count == 0 ? reason : $"{reason} {Sentence(ranges, rows, rejected)}".TrimStart();
    }

    static string Sentence(List<(long First, long Last)> ranges, long rows, long rejected)
    {
        var shown = string.Join(", ",
            ranges.Take(Most).Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.First:N0} to {r.Last:N0}")));
        var more = ranges.Count > Most ? $" and {Counted.Of(ranges.Count - Most, "range")} more (ingest.batch has them)" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Committed: records {shown}{more}; {Counted.Of(rows, "row")} {(rows == 1 ? "is" : "are")} in the table, "
                + $"{rejected:N0} in corrupt_records.");
    }
}
