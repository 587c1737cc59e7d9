using Npgsql;
using OrleansIngest.Engine.Csv;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Mapping;

namespace OrleansIngest.Engine.Loading;

/// <summary>
/// Copies a batch of which the server refuses some row: a part that fails is halved until the bad rows stand alone, and these become
/// rejects with the server's message. k bad rows among n cost about n·log2(k) rows copied again.
/// </summary>
sealed class RowIsolation(NpgsqlConnection connection, RowBatch batch)
{
    /// <summary>Copies what can be copied, inside the transaction under way.</summary>
    public async Task CopyAsync(CancellationToken cancellationToken)
    {
        batch.ServerRejects.Clear();
        // A deferred constraint would speak up at COMMIT only, when no row can be found any more.
        await ExecuteAsync("SET CONSTRAINTS ALL IMMEDIATE", cancellationToken);
        await CopyAsync(0, batch.RowCount, cancellationToken);
    }

    async Task CopyAsync(int from, int to, CancellationToken cancellationToken)
    {
        await ExecuteAsync("SAVEPOINT part", cancellationToken);
        PostgresException refusal;
        try
        {
            await CopyStream.WriteAsync(connection, batch.Plan, [batch.RowBytes(from, to)], cancellationToken);
            await ExecuteAsync("RELEASE SAVEPOINT part", cancellationToken);
            return;
        }
        catch (PostgresException failure) when (FailureClassifier.Classify(failure) == FailureClass.Row)
        {
            refusal = failure;
        }

        await ExecuteAsync("ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part", cancellationToken);
        if (to - from == 1)
        {
            batch.ServerRejects.Add(Refused(from, refusal));
            return;
        }

        var middle = from + (to - from) / 2;
        await CopyAsync(from, middle, cancellationToken);
        await CopyAsync(middle, to, cancellationToken);
    }

    RejectedRow Refused(int row, PostgresException refusal)
    {
        var place = batch.Place(row);
        var offset = batch.StartOffset + place.Offset;
        return new RejectedRow
        {
            Raw = RawAt(offset),
            Line = batch.FirstLine + place.Line,
            RecordNumber = batch.FirstRecord + place.Record,
            ByteOffset = offset,
            Reason = ServerRefusal.ReasonOf(refusal),
            Column = refusal.ColumnName,
            Detail = ServerRefusal.DetailOf(refusal),
        };
    }

    /// <summary>The record's bytes are not kept in memory: they are read again from the file, which the loader keeps open.</summary>
    byte[] RawAt(long offset)
    {
        using var reader = new RecordReader(batch.Handle, new ByteRange(offset, batch.EndOffset), batch.Dialect, 1, hash: null);
        reader.Read();
        return reader.Raw.ToArray();
    }

    async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
