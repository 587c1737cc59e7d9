using System.Text;
using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Properties of an input found when it was opened, for later claims and for display.</summary>
/// <param name="Unit">What its positions count.</param>
/// <param name="End">Where it ends, in that unit; null while that is not known.</param>
/// <param name="Layout">What was found of its format and dialect: a JSON object, with characters as they are and not as escapes, which a database in another
/// encoding could not read. Null: it is as the pipeline says.</param>
public sealed record InputNote(PositionUnit Unit, long? End = null, string? Layout = null)
{
    /// <summary>Whether the ledger says all of this of a file of which nothing is noted: such an input costs no statement.</summary>
    public bool IsPlain => Unit == PositionUnit.Byte && Layout is null;
}

/// <summary>Writes <see cref="InputNote"/>s.</summary>
static class InputNoteLedger
{
    /// <summary>Notes it under the claim; to be called before the first batch of an input whose positions do not count bytes as stored, unless that batch is
    /// the whole input. The unit stays as it is where anything is committed.</summary>
    /// <returns>Whether the claim is in force and the unit is this one now.</returns>
    public static async Task<bool> WriteAsync(NpgsqlDataSource dataSource, FileClaim claim, InputNote note, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            -- As bytes, because the database's encoding may lack characters of a layout.
            UPDATE ingest.file SET position_unit = $4, end_position = coalesce($5, end_position), layout = coalesce(ingest.readable($6)::jsonb, layout)
            WHERE {FileLedger.InForce} AND (position_unit = $4 OR NOT EXISTS (SELECT FROM ingest.batch b WHERE b.file_id = $1))
            """);
        FileLedger.AddClaim(command, claim);
        command.Parameters.Add(new() { Value = note.Unit.ToName() });
        command.Parameters.Add(new() { Value = (object?)note.End ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = note.Layout is { } layout ? Encoding.UTF8.GetBytes(layout) : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }
}
