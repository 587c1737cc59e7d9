using System.Buffers.Binary;
using System.Text;
using Npgsql;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Targets.Postgres.Encoders;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Postgres.Tests.Targets.Postgres.Encoders;

/// <summary>One table with every type, loaded from the same rows by text COPY and by the encoders: no row may differ.</summary>
public sealed class BinaryCopyEquivalenceTests(TypedDatabase database) : IClassFixture<TypedDatabase>
{
    const int Rows = 2000;

    [Fact]
    public async Task Copy_TableWithEveryType_StoresTheSameRowsBothWays()
    {
        await using var connection = await database.OpenAsync();
        string[] types = [.. TypeSamples.All.Keys];
        var columns = string.Join(", ", types.Select((type, i) => $"c{i} {type}"));
        await EncoderLaw.ExecuteAsync(connection,
            $"CREATE TEMP TABLE by_text ({columns}); CREATE TEMP TABLE by_binary ({columns})");
        var table = await TargetTable.ReadAsync(connection, "by_binary", default);
        var session = await SessionSettings.ReadAsync(connection, default);
        var encoders = table.Columns.Select(c => ColumnEncoders.For(c, session).ShouldNotBeNull()).ToArray();

        // Only texts that the server takes, or one of them would end each COPY. Null stands for an unquoted empty field.
        await using var transaction = await connection.BeginTransactionAsync();
        var pools = new List<List<(string? Text, byte[]? Bytes)>>();
        for (var i = 0; i < types.Length; i++)
            pools.Add(await PoolAsync(connection, table.Columns[i], encoders[i], TypeSamples.All[types[i]]));
        var rows = Enumerable.Range(0,
            Rows).Select(r => pools.Select((pool, c) => pool[(r + (c * 7)) % pool.Count]).ToArray()).ToArray();

        await CopyTextAsync(connection, rows);
        await CopyBinaryAsync(connection, rows);

        (await CountAsync(connection, "SELECT count(*) FROM by_binary")).ShouldBe(Rows);
        (await CountAsync(connection,
            "SELECT count(*) FROM (SELECT t::text FROM by_text t EXCEPT ALL SELECT b::text FROM by_binary b) x")).ShouldBe(0);
        (await CountAsync(connection,
            "SELECT count(*) FROM (SELECT b::text FROM by_binary b EXCEPT ALL SELECT t::text FROM by_text t) x")).ShouldBe(0);
    }

    static async Task<List<(string? Text, byte[]? Bytes)>> PoolAsync(
        NpgsqlConnection connection, TargetColumn column, ColumnEncoder encoder, string[] samples)
    {
        List<(string?, byte[]?)> pool = column.NotNull ? [] : [(null, null)];
        var answers = await ServerConverter.ConvertAsync(connection, column, samples, default);
        for (var i = 0; i < samples.Length; i++)
        {
            var text = Encoding.UTF8.GetBytes(samples[i]);
            var room = new byte[text.Length + ColumnEncoder.Slack];
            var size = encoder.Encode(text, room);
            if (!answers[i].IsRejected)
                pool.Add((samples[i], size >= 0 ? room[..size] : answers[i].Value));
        }

        return pool;
    }

    static async Task CopyTextAsync(NpgsqlConnection connection, (string? Text, byte[]? Bytes)[][] rows)
    {
        await using var writer = await connection.BeginTextImportAsync("COPY by_text FROM STDIN (FORMAT csv)");
        foreach (var row in rows)
        {
            await writer.WriteLineAsync(string.Join(',',
                row.Select(f => f.Text is null ? "" : $"\"{f.Text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")));
        }
    }

    static async Task CopyBinaryAsync(NpgsqlConnection connection, (string? Text, byte[]? Bytes)[][] rows)
    {
        await using var stream = await connection.BeginRawBinaryCopyAsync("COPY by_binary FROM STDIN (FORMAT binary)");
        await stream.WriteAsync(EncoderLaw.Signature);
        var word = new byte[4];
        foreach (var row in rows)
        {
            BinaryPrimitives.WriteInt16BigEndian(word, (short)row.Length);
            await stream.WriteAsync(word.AsMemory(0, 2));
            foreach (var (_, bytes) in row)
            {
                BinaryPrimitives.WriteInt32BigEndian(word, bytes?.Length ?? -1);
                await stream.WriteAsync(word);
                await stream.WriteAsync(bytes ?? []);
            }
        }

        await stream.WriteAsync(new byte[] { 0xFF, 0xFF });
    }

    static async Task<long> CountAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
