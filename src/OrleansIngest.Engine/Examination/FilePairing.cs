using Npgsql;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Examination;

/// <summary>Pairs the fields of a file that is not in the ledger with the columns of a table.</summary>
public static class FilePairing
{
    /// <summary>As the file would be loaded; if it cannot be, by equal names. Null for an archive, or if the file has no readable
    /// layout.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How it would be loaded. Its table exists.</param>
    /// <param name="connection">Open, to the database of the table.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<FileColumns?> ReadAsync(
        string path, PipelineOptions options, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            using var input = OpenedInput.Open(path, options);
            if (input.Archive is not null || input.IsEmpty || input.Refusal() is not null) return null;
            var table = await PipelineTable.ReadAsync(options, connection, withShape: false, cancellationToken);
            var layout = input.Format.ReadLayout(input.Content, [.. table.Columns.Select(c => c.Name)]);
            var kept = await StoredHeaders.ReadAsync(connection, table, cancellationToken);
            return ColumnPairing.Of(options, table, layout, Bind(options, table, kept, layout));
        }
        catch (Exception failure) when (failure is LayoutException or BrokenContentException or IOException
            or UnauthorizedAccessException or TargetTableException)
        {
            return null; // the check of the file has the reason
        }
    }

    static HeaderBinding? Bind(
        PipelineOptions options, TargetTable table, IReadOnlyList<StoredHeader> kept, RecordLayout layout)
    {
        try
        {
            return PlanFactory.Bind(options, table, kept, layout);
        }
        catch (HeaderException)
        {
            return null;
        }
    }
}
