using Npgsql;
using OrleansIngest.Testing;

namespace OrleansIngest.Grains.Tests.Clustering;

/// <summary>Runs the statements of <c>sql/</c> as Orleans' ADO.NET providers do: found by key, parameters by name.</summary>
sealed class OrleansQueries(TestDatabase database)
{
    public async Task<IReadOnlyList<IReadOnlyDictionary<string, object?>>> RunAsync(
        string key, params (string Name, object? Value)[] parameters)
    {
        await using var find = database.DataSource.CreateCommand(
            "SELECT QueryText FROM orleans.OrleansQuery WHERE QueryKey = $1");
        find.Parameters.Add(new() { Value = key });
        var text = (string)(await find.ExecuteScalarAsync(TestContext.Current.CancellationToken)).ShouldNotBeNull(
            $"no statement {key}");

        await using var command = database.DataSource.CreateCommand(text);
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value is null or Nothing ? DBNull.Value : value;
            parameter.DbType = value switch
            {
                int or Nothing => System.Data.DbType.Int32,
                long => System.Data.DbType.Int64,
                DateTime => System.Data.DbType.DateTime,
                byte[] => System.Data.DbType.Binary,
                _ => System.Data.DbType.String,
            };
            command.Parameters.Add(parameter);
        }

        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var rows = new List<IReadOnlyDictionary<string, object?>>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            rows.Add(Enumerable.Range(0, reader.FieldCount).ToDictionary(
                reader.GetName, i => reader.IsDBNull(i) ? null : reader.GetValue(i), StringComparer.OrdinalIgnoreCase));
        }

        return rows;
    }

    /// <summary>A null of type integer.</summary>
    public readonly struct Nothing;
}
