using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;
using NpgsqlTypes;

namespace OrleansIngest.Engine.Ledger;

/// <summary>The decision about a field without a column, a column without a field, or a value
/// that a column could not hold.</summary>
/// <param name="Kind">One of the constants.</param>
/// <param name="Name">The field or column; of a widened column, with its new type.</param>
/// <param name="Detail">A sentence for people.</param>
sealed record DriftDecision(string Kind, string Name, string Detail)
{
    /// <summary>A field was ignored.</summary>
    public const string Ignored = "ignored";

    /// <summary>A field was stored in the pipeline's <c>rescueColumn</c>.</summary>
    public const string Rescued = "rescued";

    /// <summary>The table got a column.</summary>
    public const string Added = "added";

    /// <summary>A column was widened.</summary>
    public const string Widened = "widened";

    /// <summary>A column should have been widened, but the server refused.</summary>
    public const string Kept = "kept";

    /// <summary>A column has no field, and stays NULL.</summary>
    public const string Missing = "missing";

    /// <summary>All kinds.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [Ignored, Rescued, Added, Widened, Kept, Missing];
}

/// <summary>Stores the decisions about files that differ from their table: each once in <c>ingest.drift</c>, for alerts, and in
/// the history of the file for which it was first made.</summary>
static class DriftLedger
{
    /// <summary>Records new decisions about a file.</summary>
    /// <param name="dataSource">A role that may write the ledger.</param>
    /// <param name="claim">The claim of the file; if it is not in force, nothing is recorded.</param>
    /// <param name="decisions">Not empty.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task NoteAsync(
        NpgsqlDataSource dataSource, FileClaim claim, IReadOnlyList<DriftDecision> decisions, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await WriteAsync(connection, claim, decisions, $"{FileLedger.InForce}", "DO NOTHING", cancellationToken);
    }

    /// <summary>Records changes of the table, in the transaction that makes them.</summary>
    /// <param name="connection">In the transaction.</param>
    /// <param name="claim">The file that they are made for.</param>
    /// <param name="decisions">Not empty.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static Task NoteChangeAsync(
        NpgsqlConnection connection, FileClaim claim, IReadOnlyList<DriftDecision> decisions,
        CancellationToken cancellationToken) => WriteAsync(
        connection, claim, decisions, "file_id = $1 AND ($2::bigint IS NOT NULL OR $3::text IS NOT NULL)",
        "(pipeline, kind, md5(name)) DO UPDATE SET detail = excluded.detail, file_id = excluded.file_id, at = excluded.at",
        cancellationToken);

    static async Task WriteAsync(
        NpgsqlConnection connection, FileClaim claim, IReadOnlyList<DriftDecision> decisions, string condition, string conflict,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            WITH told AS (
                -- As bytes, because the database's encoding may lack characters of a header.
                INSERT INTO ingest.drift (pipeline, kind, name, detail, file_id)
                SELECT f.pipeline, n.kind, n.name, n.detail, f.file_id
                FROM (SELECT pipeline, file_id FROM ingest.file WHERE {condition}) f
                CROSS JOIN jsonb_to_recordset(ingest.readable($4)::jsonb) AS n (kind text, name text, detail text)
                ON CONFLICT {conflict} RETURNING pipeline, file_id, kind, detail
            )
            INSERT INTO ingest.history (kind, pipeline, file_id, node, detail)
                SELECT 'file.drift.' || kind, pipeline, file_id, $3, detail FROM told
            """, connection);
        FileLedger.AddClaim(command, claim);
        command.Parameters.Add(new()
        {
            Value = Encoding.UTF8.GetBytes(DriftJson.Write(decisions)),
            NpgsqlDbType = NpgsqlDbType.Bytea,
        });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>How decisions are passed to the server.</summary>
[JsonSerializable(typeof(DriftDecision[]))]
sealed partial class DriftJson : JsonSerializerContext
{
    // Characters are not escaped: a database in another encoding can replace those that it lacks, but not their escapes.
    static readonly DriftJson Plain = new(new JsonSerializerOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    });

    public static string Write(IReadOnlyList<DriftDecision> decisions) =>
        JsonSerializer.Serialize([.. decisions], Plain.DriftDecisionArray);
}
