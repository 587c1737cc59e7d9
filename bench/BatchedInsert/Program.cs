// What a JDBC sink does by default: single-row INSERTs of a prepared statement, 1,000 to a round trip and a transaction, two connections.
// Usage: BatchedInsert CONNECTION_STRING FILE...
using System.Globalization;
using Npgsql;

const int BatchSize = 1000;
await using var dataSource = NpgsqlDataSource.Create(args[0]);
await Parallel.ForEachAsync(args[1..], new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (file, stop) =>
{
    await using var connection = await dataSource.OpenConnectionAsync(stop);
    await using var warm = new NpgsqlCommand("SET synchronous_commit = on", connection);
    await warm.ExecuteNonQueryAsync(stop);
    var batch = new NpgsqlBatch(connection);
    foreach (var line in File.ReadLines(file).Skip(1))
    {
        var fields = Split(line);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            "INSERT INTO events (user_id, action, product_id, product_name, price, event_time, session_id) VALUES ($1, $2, $3, $4, $5, $6, $7)")
        {
            Parameters =
            {
                new NpgsqlParameter<long> { TypedValue = long.Parse(fields[0], CultureInfo.InvariantCulture) },
                new NpgsqlParameter<string> { TypedValue = fields[1] },
                new NpgsqlParameter<long> { TypedValue = long.Parse(fields[2], CultureInfo.InvariantCulture) },
                new NpgsqlParameter<string> { TypedValue = fields[3] },
                new NpgsqlParameter<decimal> { TypedValue = decimal.Parse(fields[4], CultureInfo.InvariantCulture) },
                new NpgsqlParameter<DateTime> { TypedValue = DateTime.Parse(fields[5], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal) },
                new NpgsqlParameter<string> { TypedValue = fields[6] },
            },
        });
        if (batch.BatchCommands.Count < BatchSize) continue;
        await batch.ExecuteNonQueryAsync(stop);
        batch.BatchCommands.Clear();
    }

    if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(stop);
});

static List<string> Split(string line)
{
    var fields = new List<string>();
    var field = new System.Text.StringBuilder();
    var quoted = false;
    foreach (var c in line)
    {
        if (c == '"') quoted = !quoted;
        else if (c == ',' && !quoted)
        {
            fields.Add(field.ToString());
            field.Clear();
        }
        else field.Append(c);
    }

    fields.Add(field.ToString());
    return fields;
}
