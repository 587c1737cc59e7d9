using Npgsql;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Helpers for queries of the ledger.</summary>
static class ViewQueries
{
    /// <summary>For statements that the planner mistakes for expensive: compiling them takes a second, running them some
    /// milliseconds. In effect until the connection returns to its pool.</summary>
    public const string WithoutJit = "SET jit = off";

    /// <summary>Executes <see cref="WithoutJit"/>.</summary>
    public static async Task WithoutJitAsync(this NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(WithoutJit, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>For statements that look up a page of files by keys: the planner would prefer a join of both tables, which reads
    /// a million files. In effect until the connection returns to its pool.</summary>
    public static async Task WithLookupsAsync(this NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SET enable_hashjoin = off; SET enable_mergejoin = off", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Reads the rows of a result and advances to the next result.</summary>
    public static async Task EachAsync(this NpgsqlDataReader reader, Action<NpgsqlDataReader> row,
        CancellationToken cancellationToken)
    {
        while (await reader.ReadAsync(cancellationToken)) row(reader);
        await reader.NextResultAsync(cancellationToken);
    }

    /// <summary>Reads the rows of a command.</summary>
    public static async Task<List<T>> ReadAllAsync<T>(
        this NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) rows.Add(read(reader));
        return rows;
    }

    /// <summary>Adds a parameter and returns its placeholder.</summary>
    public static string Put(this NpgsqlParameterCollection parameters, object? value, NpgsqlTypes.NpgsqlDbType type)
    {
        parameters.Add(new() { Value = value ?? DBNull.Value, NpgsqlDbType = type });
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"${parameters.Count}");
    }
}
