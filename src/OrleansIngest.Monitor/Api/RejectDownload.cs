using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Targets.Postgres.Rules;

namespace OrleansIngest.Monitor.Api;

/// <summary>Rejected records as a file, written as they are read: memory does not grow with their number.</summary>
static class RejectDownload
{
    const int FlushBytes = 64 << 10;
    const string Header = "id,pipeline,file_id,file,line,record_number,byte_offset,reason,column,detail,status,at,raw_record\r\n";

    static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IReadOnlyDictionary<string, bool> Formats { get; } = new Dictionary<string, bool>
    { ["csv"] = false, ["jsonl"] = true };

    public static async Task SendAsync(HttpContext context, RejectViews rejects, CancellationToken cancellationToken)
    {
        var query = new ApiQuery(context.Request);
        var isJson = query.OneOf("format", false, Formats);
        var filter = RejectEndpoints.Filter(query);
        query.Check();
        await using var rows = rejects.ExportAsync(filter, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var any = await rows.MoveNextAsync(); // before the first byte: while the database is away, the answer is a problem
        var response = context.Response;
        response.ContentType = isJson ? "application/jsonl; charset=utf-8" : "text/csv; charset=utf-8; header=present";
        response.Headers.ContentDisposition = $"attachment; filename=\"rejects.{(isJson ? "jsonl" : "csv")}\"";
        response.Headers.CacheControl = "no-store";
        var writer = response.BodyWriter;
        if (!isJson) Write(writer, Header);
        while (any)
        {
            if (isJson) WriteJson(writer, rows.Current);
            else Write(writer, Line(rows.Current));
            if (writer.UnflushedBytes >= FlushBytes) await writer.FlushAsync(cancellationToken);
            any = await rows.MoveNextAsync();
        }

        await writer.FlushAsync(cancellationToken);
    }

    static void WriteJson(PipeWriter writer, Reject row)
    {
        using (var json = new Utf8JsonWriter(writer, Readable)) JsonSerializer.Serialize(json, row, ViewJson.Default.Reject);
        Write(writer, "\n");
    }

    static void Write(PipeWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        bytes.CopyTo(writer.GetSpan(bytes.Length));
        writer.Advance(bytes.Length);
    }

    static string Line(Reject row) => string.Create(CultureInfo.InvariantCulture,
        $"{row.Id},{Quote(row.Pipeline)},{row.FileId},{Quote(row.File)},{row.Line},{row.RecordNumber},{row.ByteOffset},"
        + $"{Quote(row.Reason)},{Quote(row.Column ?? "")},{Quote(row.Detail)},{Quote(row.Status)},"
        + $"{row.At.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'},{Quote(row.RawRecord)}\r\n");

    /// <summary>Always quoted: nothing in a record can end its field. Values are as they were, also those that a spreadsheet
    /// would take for formulas.</summary>
    static string Quote(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
