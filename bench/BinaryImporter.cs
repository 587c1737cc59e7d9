#:package Npgsql
#:package CsvHelper
#:property PublishAot=false
#:property GenerateDocumentationFile=false
// What one would write by hand in C#: CsvHelper reads, NpgsqlBinaryImporter writes, two files at a time, a COPY per file. No
// ledger, no rejects. BinaryImporter CONNECTION TABLE FILE...; for bench/run.sh shapes.
using System.Globalization;
using CsvHelper;
using Npgsql;
using NpgsqlTypes;

var (connectionString, table) = (args[0], args[1]);
await using var database = NpgsqlDataSource.Create(connectionString);
NpgsqlDbType[] types;
await using (var command = database.CreateCommand($"SELECT * FROM {table} LIMIT 0"))
await using (var reader = await command.ExecuteReaderAsync())
{
    types = [.. reader.GetColumnSchema().Select(column => column.NpgsqlDbType!.Value)];
}

await Parallel.ForEachAsync(args[2..], new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (file, ct) =>
{
    await using var connection = await database.OpenConnectionAsync(ct);
    await using var writer = await connection.BeginBinaryImportAsync($"COPY {table} FROM STDIN (FORMAT binary)", ct);
    using var reader = CsvReader.FromFile(file, new CsvReaderOptions { HasHeader = true });
    while (reader.Read())
    {
        writer.StartRow();
        for (var i = 0; i < types.Length; i++)
        {
            Write(writer, reader.GetString(i), types[i]);
        }
    }

    await writer.CompleteAsync(ct);
});

static void Write(NpgsqlBinaryImporter writer, string text, NpgsqlDbType type)
{
    switch (type)
    {
        case NpgsqlDbType.Integer: writer.Write(int.Parse(text, CultureInfo.InvariantCulture), type); break;
        case NpgsqlDbType.Bigint: writer.Write(long.Parse(text, CultureInfo.InvariantCulture), type); break;
        case NpgsqlDbType.Numeric: writer.Write(decimal.Parse(text, CultureInfo.InvariantCulture), type); break;
        case NpgsqlDbType.Double: writer.Write(double.Parse(text, CultureInfo.InvariantCulture), type); break;
        case NpgsqlDbType.Boolean: writer.Write(text == "t", type); break;
        case NpgsqlDbType.TimestampTz:
            writer.Write(DateTimeOffset.Parse(text, CultureInfo.InvariantCulture).UtcDateTime, type);
            break;
        default: writer.Write(text, type); break;
    }
}
