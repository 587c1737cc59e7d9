#:package DuckDB.NET.Data.Full
#:property PublishAot=false
#:property TreatWarningsAsErrors=false
#:property GenerateDocumentationFile=false
// Writes the same events as CSV, NDJSON, JSON and Parquet, with DuckDB: dotnet run bench/EventsFile.cs -- FOLDER ROWS. For
// bench/run.sh formats.
using DuckDB.NET.Data;

var (folder, rows) = (args[0], long.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture));
using var connection = new DuckDBConnection("DataSource=:memory:");
connection.Open();
Run($"""
    CREATE TABLE e AS SELECT (1 + hash(i) % 20000)::int AS user_id,
        (['view','search','click','add_to_cart','purchase'])[1 + (hash(i + 1) % 5)::int] AS action,
        (1000 + hash(i + 2) % 500)::int AS product_id, 'Café product ' || (hash(i + 3) % 900) || ' with a name' AS product_name,
        ((hash(i + 4) % 50000) / 100.0)::decimal(10, 2) AS price, timestamp '2025-01-01' + to_milliseconds(i * 97) AS event_time,
        's' || md5(i::varchar)[:16] AS session_id FROM range({rows}) AS t (i)
    """);
var texts = "(SELECT * REPLACE (strftime(event_time, '%Y-%m-%dT%H:%M:%S.%gZ') AS event_time) FROM e)";
Run($"COPY {texts} TO '{folder}/events.csv' (FORMAT csv, HEADER)");
Run($"COPY {texts} TO '{folder}/events.ndjson' (FORMAT json)");
Run($"COPY {texts} TO '{folder}/events.json' (FORMAT json, ARRAY true)");
Run($"COPY (SELECT * REPLACE (make_timestamptz(epoch_us(event_time)) AS event_time) FROM e) "
    + $"TO '{folder}/events.parquet' (FORMAT parquet, CODEC snappy)");

void Run(string sql)
{
    using var command = connection.CreateCommand();
    command.CommandText = sql;
    command.ExecuteNonQuery();
}
