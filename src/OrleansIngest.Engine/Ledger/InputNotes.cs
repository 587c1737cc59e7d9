using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Npgsql;
using OrleansIngest.Engine.Formats;

namespace OrleansIngest.Engine.Ledger;

/// <summary>The ledger's notes about how an input was read.</summary>
static class InputNotes
{
    // Characters are not escaped: a database in another encoding can replace those that it lacks, but not their escapes.
    static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The note before the first batch of an input, if that batch is not the whole input.</summary>
    /// <param name="input">The open input.</param>
    /// <param name="end">Where it ends; null while unknown.</param>
    public static InputNote Of(RecordInput input, long? end) => new(input.Unit, end, LayoutOf(input, input.Layout.Kept));

    /// <summary>The format's name and the findings, as a JSON object; null if nothing was detected.</summary>
    /// <param name="input">The open input.</param>
    /// <param name="kept">Stored for <see cref="KeptAsync"/>; null for none.</param>
    public static string? LayoutOf(RecordInput input, string? kept = null)
    {
        if (input.Layout.Findings.Count == 0 && kept is null) return null;
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteString("format", input.Format.Name);
            json.WriteStartArray("findings");
            foreach (var finding in input.Layout.Findings) json.WriteStringValue(finding.Replace('\0', '\uFFFD'));
            json.WriteEndArray();
            // Encoded, because the database may lack some of its characters, and JSON in the database cannot contain NUL.
            if (kept is not null) json.WriteBase64String("kept", Encoding.UTF8.GetBytes(kept));
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The stored layout of a file from its first batch; null for none.</summary>
    public static async Task<string?> KeptAsync(NpgsqlDataSource dataSource, FileId file, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("SELECT layout ->> 'kept' FROM ingest.file WHERE file_id = $1");
        command.Parameters.Add(new() { Value = file.Value });
        return await command.ExecuteScalarAsync(cancellationToken) is string kept
            ? Encoding.UTF8.GetString(Convert.FromBase64String(kept)) : null;
    }
}
