using System.Text;
using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Properties of an input found when it was opened, for later claims and for display.</summary>
/// <param name="Unit">The unit of its positions.</param>
/// <param name="End">Where it ends, in that unit; null while unknown.</param>
/// <param name="Layout">The detected format and dialect: a JSON object without escapes, which a database in another
/// encoding could not read. Null if nothing was detected.</param>
public sealed record InputNote(PositionUnit Unit, long? End = null, string? Layout = null)
{
    /// <summary>Whether this is the default for files without a note: such an input costs no statement.</summary>
    public bool IsPlain => Unit == PositionUnit.Byte && Layout is null;
}

/// <summary>Stores <see cref="InputNote"/>s.</summary>
static class InputNoteLedger
{
    /// <summary>Records the note under the claim. Call it before the first batch of an input whose positions are not stored
    /// bytes, unless that batch is the whole input. The unit does not change if anything is committed.</summary>
    /// <returns>Whether the claim is in force and the unit is now this one.</returns>
    public static async Task<bool> WriteAsync(NpgsqlDataSource dataSource, FileClaim claim, InputNote note,
        CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            -- As bytes, because the database's encoding may lack characters of a layout.
            UPDATE ingest.file SET position_unit = $4, end_position = coalesce($5, end_position),
                layout = coalesce(ingest.readable($6)::jsonb, layout)
            WHERE {FileLedger.InForce} AND (position_unit = $4 OR NOT EXISTS (SELECT FROM ingest.batch b WHERE b.file_id = $1))
            """);
        FileLedger.AddClaim(command, claim);
        command.Parameters.Add(new() { Value = note.Unit.ToName() });
        command.Parameters.Add(new() { Value = (object?)note.End ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.Add(new()
        {
            Value = note.Layout is { } layout ? Encoding.UTF8.GetBytes(layout) : DBNull.Value,
            NpgsqlDbType = NpgsqlDbType.Bytea
        });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }
}
