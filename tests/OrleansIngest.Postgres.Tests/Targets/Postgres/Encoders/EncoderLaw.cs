using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;
using Npgsql;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Targets.Postgres.Encoders;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Postgres.Tests.Targets.Postgres.Encoders;

/// <summary>Holds one column type's encoder against the server: the server's own text COPY
/// says what each text is worth.</summary>
sealed partial class EncoderLaw
{
    /// <summary>What every binary COPY starts with.</summary>
    public static readonly byte[] Signature = [.. "PGCOPY\n"u8, 0xFF, 0x0D, 0x0A, 0x00, 0, 0, 0, 0, 0, 0, 0, 0];

    readonly NpgsqlConnection _connection;
    readonly TargetColumn _column;
    readonly ColumnEncoder _encoder;

    EncoderLaw(NpgsqlConnection connection, TargetColumn column, ColumnEncoder encoder)
        => (_connection, _column, _encoder) = (connection, column, encoder);

    public static async Task<EncoderLaw> ForAsync(NpgsqlConnection connection, string type)
    {
        await ExecuteAsync(connection, $"""
            DROP TABLE IF EXISTS pg_temp.law_binary, pg_temp.law_text;
            CREATE TEMP TABLE law_binary (id int, v {type});
            CREATE TEMP TABLE law_text (id int, v {type});
            """);
        var table = await TargetTable.ReadAsync(connection, "law_binary", default);
        var session = await SessionSettings.ReadAsync(connection, default);
        return new EncoderLaw(connection, table.Columns[1], ColumnEncoders.For(table.Columns[1], session).ShouldNotBeNull());
    }

    public int Encode(string text, out byte[] bytes)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var room = new byte[utf8.Length + ColumnEncoder.Slack];
        var size = _encoder.Encode(utf8, room);
        bytes = size < 0 ? [] : room[..size];
        return size;
    }

    /// <summary>Checks every text and returns how many were encoded, rejected and left to the server.</summary>
    public async Task<(int Encoded, int Rejected, int Asked)> CheckAsync(IReadOnlyList<string> texts)
    {
        // One transaction, so that "now" means the same throughout.
        await using var transaction = await _connection.BeginTransactionAsync();
        var answers = await ServerConverter.ConvertAsync(_connection, _column, texts, default);
        var encoded = new SortedDictionary<int, byte[]>();
        var wrong = new List<string>();
        int rejected = 0, asked = 0;
        for (var i = 0; i < texts.Count; i++)
        {
            var size = Encode(texts[i], out var bytes);
            if (size >= 0 && answers[i].SqlState is not (null or "23514"))
                wrong.Add($"{Show(texts[i])} was encoded, but the server says: {answers[i].Message}");
            else if (size >= 0 && !answers[i].IsRejected)
                encoded.Add(i, bytes);
            else if (size == ColumnEncoder.AskServer)
                asked++;
            else if (size == ColumnEncoder.Rejected)
                rejected++;

            if (size != ColumnEncoder.Rejected)
                continue;
            var explained = _encoder.Explain(Encoding.UTF8.GetBytes(texts[i]));
            if (!answers[i].IsRejected)
                wrong.Add($"{Show(texts[i])} was rejected, but the server takes it as {Convert.ToHexString(answers[i].Value!)}");
            else if (texts[i].Length <= 256 && !IsSameReason(explained, answers[i].Message!))
                wrong.Add($"{Show(texts[i])} was explained as [{explained}], but the server says [{answers[i].Message}]");
        }

        wrong.ShouldBeEmpty();
        var accepted = Enumerable.Range(0, texts.Count).Where(i => !answers[i].IsRejected).ToDictionary(i => i, i => texts[i]);
        await CopyTextAsync(_connection, "law_text", accepted);
        await CopyBinaryAsync(_connection, "law_binary", encoded);
        var stored = await ReadStoredAsync("law_text");
        foreach (var (i, bytes) in stored)
        {
            if (!bytes.AsSpan().SequenceEqual(answers[i].Value))
                wrong.Add(
                    $"ServerConverter says {Convert.ToHexString(answers[i].Value!)} for {Show(texts[i])}, COPY stored "
                        + $"{Convert.ToHexString(bytes)}");
        }

        foreach (var (i, bytes) in await ReadStoredAsync("law_binary"))
        {
            if (!bytes.AsSpan().SequenceEqual(stored[i]))
                wrong.Add(
                    $"{Show(texts[i])} was stored as {Convert.ToHexString(bytes)} instead of {Convert.ToHexString(stored[i])}");
        }

        wrong.ShouldBeEmpty();
        stored.Count.ShouldBe(accepted.Count);
        return (encoded.Count, rejected, asked);
    }

    /// <summary>The server's message, ours perhaps with more behind it. Left open: which part of a text the server stumbled over
    /// first when there are several wrong, where that differs between its versions.</summary>
    static bool IsSameReason(string ours, string servers)
        => ours.StartsWith(servers, StringComparison.Ordinal)
            || servers is "unsupported Unicode escape sequence"
            || servers.StartsWith("character with byte sequence 0x", StringComparison.Ordinal)
            || (servers.StartsWith("time zone \"", StringComparison.Ordinal)
                && ours.StartsWith("invalid input syntax for type time", StringComparison.Ordinal))
            || (IntegerWithMoreBehind().IsMatch(ours)
                && servers.StartsWith("invalid input syntax for type ", StringComparison.Ordinal))
            || (servers.EndsWith("is out of range for type real", StringComparison.Ordinal)
                && ours.EndsWith("is out of range for type real", StringComparison.Ordinal));

    [GeneratedRegex(@"^value ""\s*[-+]?\d+\s*[^\s\d""].*is out of range for type (smallint|integer|bigint)$",
        RegexOptions.Singleline)]
    internal static partial Regex IntegerWithMoreBehind();

    public static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public static async Task CopyBinaryAsync(NpgsqlConnection connection, string table, IReadOnlyDictionary<int, byte[]> values)
    {
        await using var stream = await connection.BeginRawBinaryCopyAsync($"COPY {table} (id, v) FROM STDIN (FORMAT binary)");
        await stream.WriteAsync(Signature);
        foreach (var (id, value) in values)
        {
            var row = new byte[2 + 8 + 4 + value.Length];
            BinaryPrimitives.WriteInt16BigEndian(row, 2);
            BinaryPrimitives.WriteInt32BigEndian(row.AsSpan(2), 4);
            BinaryPrimitives.WriteInt32BigEndian(row.AsSpan(6), id);
            BinaryPrimitives.WriteInt32BigEndian(row.AsSpan(10), value.Length);
            value.CopyTo(row, 14);
            await stream.WriteAsync(row);
        }

        await stream.WriteAsync(new byte[] { 0xFF, 0xFF });
    }

    static async Task CopyTextAsync(NpgsqlConnection connection, string table, IReadOnlyDictionary<int, string> values)
    {
        await using var writer = await connection.BeginTextImportAsync($"COPY {table} (id, v) FROM STDIN (FORMAT csv)");
        foreach (var (id, value) in values)
            await writer.WriteAsync($"{id},\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n");
    }

    async Task<Dictionary<int, byte[]>> ReadStoredAsync(string table)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT format('SELECT id, %s(v::%s) FROM {table}', typsend::regproc, format_type(oid, -1))
            FROM pg_type WHERE oid = {_column.BaseTypeOid}
            """, _connection);
        var query = (string)(await command.ExecuteScalarAsync())!;
        await using var select = new NpgsqlCommand(query, _connection);
        await using var reader = await select.ExecuteReaderAsync();
        var rows = new Dictionary<int, byte[]>();
        while (await reader.ReadAsync())
            rows.Add(reader.GetInt32(0), reader.GetFieldValue<byte[]>(1));
        return rows;
    }

    static string Show(string text) => $"[{(text.Length > 200 ? text[..200] + "…" : text)}]";
}
