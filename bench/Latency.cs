#:package Npgsql
#:property PublishAot=false
#:property GenerateDocumentationFile=false
// The time from the final name of a file to its rows being visible to others, one file after the other. The server tells it with
// the COMMIT (a trigger notifies), because a query that is repeated until it sees them would add its own time and load.
// Latency CONNECTION FOLDER FILES PAUSE: FOLDER is watched by `ingest up` with settle time 0; PAUSE in ms, between two files.
// Prints the milliseconds of each file, in order.
using System.Diagnostics;
using System.Globalization;
using Npgsql;

var folder = args[1];
var (files, pause) = (int.Parse(args[2], CultureInfo.InvariantCulture), int.Parse(args[3], CultureInfo.InvariantCulture));
await using var connection = new NpgsqlConnection(args[0]);
await connection.OpenAsync();
await using (var command = new NpgsqlCommand("""
    CREATE FUNCTION bench_notify() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NOTIFY bench; RETURN NULL; END';
    CREATE TRIGGER bench_notify AFTER INSERT ON ingest.batch FOR EACH STATEMENT EXECUTE FUNCTION bench_notify();
    LISTEN bench
    """, connection))
{
    await command.ExecuteNonQueryAsync();
}

for (var file = 0; file < files; file++)
{
    var hidden = Path.Combine(folder, $".{file}.tmp");
    await using (var text = new StreamWriter(hidden))
    {
        text.WriteLine("user_id,action,product_id,product_name,price,event_time,session_id");
        for (var row = 0; row < 100; row++)
            text.WriteLine($"{row},view,{row % 7},Product {row},{row}.50,2026-01-01T00:00:{row % 60:00}Z,s{file}-{row}");
    }

    await Task.Delay(TimeSpan.FromMilliseconds(pause), TimeProvider.System);
    var from = Stopwatch.GetTimestamp();
    File.Move(hidden, Path.Combine(folder, $"{file:0000}.csv"));
    if (!await connection.WaitAsync(TimeSpan.FromSeconds(30)))
        throw new TimeoutException($"file {file} is not loaded within 30 s");
    Console.WriteLine(Stopwatch.GetElapsedTime(from).TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture));
}
