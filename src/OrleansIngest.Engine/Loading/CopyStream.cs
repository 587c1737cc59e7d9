using Npgsql;
using OrleansIngest.Engine.Diagnostics;

namespace OrleansIngest.Engine.Loading;

/// <summary>Sends rows that are encoded already through COPY.</summary>
static class CopyStream
{
    /// <summary>Signature, flags and extension length, as "Binary Format" in PostgreSQL's COPY page has them.</summary>
    static readonly byte[] BinaryHeader = [.. "PGCOPY\n"u8, 0xFF, (byte)'\r', (byte)'\n', 0, 0, 0, 0, 0, 0, 0, 0, 0];
    static readonly byte[] BinaryTrailer = [0xFF, 0xFF];

    /// <summary>Bytes in one message to the server, which takes a message in whole before it looks at it: a batch of 6 MiB in one message costs it a
    /// buffer of that size, and pages that no cache holds.</summary>
    const int MessageBytes = 64 * 1024;

    /// <summary>Runs one COPY.</summary>
    /// <exception cref="PostgresException">The server refused a row, or the statement; the transaction is aborted.</exception>
    public static async Task WriteAsync(
        NpgsqlConnection connection, CopyPlan plan, IEnumerable<ReadOnlyMemory<byte>> parts, CancellationToken cancellationToken)
    {
        // Disposing the stream means success to the server. When something fails before, only CancelAsync says so.
        var stream = plan.IsBinary
            ? await connection.BeginRawBinaryCopyAsync(plan.CopyStatement, cancellationToken)
            : await BeginTextAsync(connection, plan.CopyStatement, cancellationToken);
        try
        {
            if (plan.IsBinary) await stream.WriteAsync(BinaryHeader, cancellationToken);
            foreach (var part in parts)
            {
                for (var at = 0; at < part.Length; at += MessageBytes)
                {
                    await stream.WriteAsync(part.Slice(at, Math.Min(MessageBytes, part.Length - at)), cancellationToken);
                    CrashPoint.Hit("copying");
                }
            }

            if (plan.IsBinary) await stream.WriteAsync(BinaryTrailer, cancellationToken);
        }
        catch
        {
            await TryCancelAsync(stream);
            throw;
        }

        await stream.DisposeAsync();
    }

    /// <summary>Npgsql refuses text COPY where it begins a raw one, and lends the same stream under a writer.</summary>
    static async Task<NpgsqlRawCopyStream> BeginTextAsync(NpgsqlConnection connection, string statement, CancellationToken cancellationToken)
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
        catch (Exception failure) when (failure is NpgsqlException or ObjectDisposedException or IOException or InvalidOperationException)
        {
            // The connection is gone, or the server has ended the COPY: nothing is left to cancel.
        }
    }
}
