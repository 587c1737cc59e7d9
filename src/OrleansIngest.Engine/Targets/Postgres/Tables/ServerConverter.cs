using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace OrleansIngest.Engine.Targets.Postgres.Tables;

/// <summary>Lets the server convert the texts for which encoders returned
/// <see cref="Encoders.ColumnEncoder.AskServer"/>.</summary>
public static class ServerConverter
{
    const string Convert = "SELECT place, value, state, message FROM ingest.convert($1, $2, $3)";

    /// <summary>Converts the texts in one round trip, as COPY into this column would, including modifier and domain constraints.
    /// Costs the server about 5 µs for each good text and 100 µs for each bad one.</summary>
    /// <param name="connection">Open, with the settings of the sessions that copy; may be inside a
    /// transaction, which stays healthy.</param>
    /// <param name="column">The column of the texts.</param>
    /// <param name="values">Unquoted, without NUL.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>One answer for each text, in the order of <paramref name="values"/>.</returns>
    /// <exception cref="PostgresException">Not caused by values: a missing privilege or type, resources, or the
    /// operator.</exception>
    public static async Task<IReadOnlyList<ConvertedValue>> ConvertAsync(
        NpgsqlConnection connection, TargetColumn column, IReadOnlyList<string> values, CancellationToken cancellationToken)
    {
        var answers = new ConvertedValue[values.Count];
        if (values.Count == 0)
            return answers;

        await using var command = new NpgsqlCommand(Convert, connection)
        {
            Parameters =
            {
                new() { Value = Encode(values), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
                new() { Value = column.TypeOid, NpgsqlDbType = NpgsqlDbType.Oid },
                // A domain includes its modifier.
                new() { Value = column.TypeOid == column.BaseTypeOid ? column.TypeModifier : -1 },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            answers[reader.GetInt32(0) - 1] = await reader.IsDBNullAsync(1, cancellationToken).ConfigureAwait(false)
                ? new ConvertedValue(null, reader.GetString(2), reader.GetString(3))
                : new ConvertedValue(reader.GetFieldValue<byte[]>(1), null, null);
        }

        return answers;
    }

    /// <summary>As bytes, because a single text with a character that the database's encoding lacks would make the whole
    /// parameter fail.</summary>
    static byte[][] Encode(IReadOnlyList<string> values)
    {
        var bytes = new byte[values.Count][];
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = Encoding.UTF8.GetBytes(values[i]);
        return bytes;
    }
}
