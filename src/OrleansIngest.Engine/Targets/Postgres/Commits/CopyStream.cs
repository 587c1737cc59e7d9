using System.Buffers.Binary;
using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Diagnostics;

namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>Sends encoded rows through COPY.</summary>
static class CopyStream
{
    /// <summary>Signature, flags and extension length; see "Binary Format" on PostgreSQL's COPY page.</summary>
    static readonly byte[] BinaryHeader = [.. "PGCOPY\n"u8, 0xFF, (byte)'\r', (byte)'\n', 0, 0, 0, 0, 0, 0, 0, 0, 0];
    static readonly byte[] BinaryTrailer = [0xFF, 0xFF];

    /// <summary>Bytes in one message to the server, which reads a whole message before processing it: a batch of 6 MiB in one
    /// message costs it a buffer of that size, beyond its caches.</summary>
    const int MessageBytes = 64 * 1024;

    /// <summary>Runs one COPY.</summary>
    /// <param name="connection">Inside the transaction.</param>
    /// <param name="statement">The COPY, of the plan's format.</param>
    /// <param name="isBinary">Whether the rows are PGCOPY binary; otherwise COPY's text format.</param>
    /// <param name="parts">Whole rows.</param>
    /// <param name="accepted">Called when the server has accepted the statement: later failures are caused by rows.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="PostgresException">The server refused a row, or the statement; the transaction is aborted.</exception>
    public static async Task WriteAsync(
        NpgsqlConnection connection, string statement, bool isBinary, IEnumerable<ReadOnlyMemory<byte>> parts, Action? accepted,
        CancellationToken cancellationToken)
    {
        // Disposing the stream means success to the server. After a failure, only CancelAsync aborts the COPY.
        var stream = isBinary
            ? await connection.BeginRawBinaryCopyAsync(statement, cancellationToken)
            : await BeginTextAsync(connection, statement, cancellationToken);
        accepted?.Invoke();
        try
        {
            if (isBinary) await stream.WriteAsync(BinaryHeader, cancellationToken);
            foreach (var part in parts)
            {
                for (var at = 0; at < part.Length; at += MessageBytes)
                {
                    await stream.WriteAsync(part.Slice(at, Math.Min(MessageBytes, part.Length - at)), cancellationToken);
                    CrashPoint.Hit("copying");
                }
            }

            if (isBinary) await stream.WriteAsync(BinaryTrailer, cancellationToken);
        }
        catch
        {
            await TryCancelAsync(stream);
            throw;
        }

        await stream.DisposeAsync();
    }

    /// <summary>Runs one COPY in the binary format and returns how many rows the server inserted: a trigger may have discarded
    /// some. Npgsql returns that only if values are passed individually, which costs about 50 ns each.</summary>
    /// <param name="connection">Inside the transaction.</param>
    /// <param name="statement">The COPY, in the binary format.</param>
    /// <param name="rows">Whole rows, encoded, without header and trailer.</param>
    /// <param name="accepted">Called when the server has accepted the statement.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The server's own count.</returns>
    /// <exception cref="PostgresException">The server refused a row, or the statement; the transaction is aborted.</exception>
    public static async Task<long> WriteCountedAsync(
        NpgsqlConnection connection, string statement, ReadOnlyMemory<byte> rows, Action? accepted,
        CancellationToken cancellationToken)
    {
        await using var importer = await connection.BeginBinaryImportAsync(statement, cancellationToken);
        accepted?.Invoke();
        while (rows.Length > 0)
        {
            var fields = BinaryPrimitives.ReadInt16BigEndian(rows.Span);
            rows = rows[2..];
            await importer.StartRowAsync(cancellationToken);
            for (var i = 0; i < fields; i++)
            {
                var length = BinaryPrimitives.ReadInt32BigEndian(rows.Span);
                rows = rows[4..];
                if (length < 0)
                {
                    await importer.WriteNullAsync(cancellationToken);
                    continue;
                }

                await importer.WriteAsync(rows[..length], NpgsqlDbType.Bytea, cancellationToken); // bytes are sent unchanged
                rows = rows[length..];
            }
        }

        CrashPoint.Hit("copying");
        return (long)await importer.CompleteAsync(cancellationToken);
    }

    /// <summary>Npgsql's raw COPY refuses the text format, so its text writer's stream is used.</summary>
    static async Task<NpgsqlRawCopyStream> BeginTextAsync(
        NpgsqlConnection connection, string statement, CancellationToken cancellationToken)
    {
        var writer = (StreamWriter)await connection.BeginTextImportAsync(statement, cancellationToken);
        return (NpgsqlRawCopyStream)writer.BaseStream;
    }

    static async Task TryCancelAsync(NpgsqlRawCopyStream stream)
    {
        try
        {
            await stream.CancelAsync();
        }
        catch (Exception failure) when (failure is NpgsqlException or ObjectDisposedException or IOException
            or InvalidOperationException)
        {
            // The connection is lost, or the server has ended the COPY: there is nothing to cancel.
        }
    }
}
