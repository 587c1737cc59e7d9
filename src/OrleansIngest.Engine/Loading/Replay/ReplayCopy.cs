using Npgsql;

namespace OrleansIngest.Engine.Loading.Replay;

/// <summary>Copies rows of rejects into their table. What the server refuses is halved under savepoints until the bad rows stand alone, as in
/// <see cref="RowIsolation"/>.</summary>
sealed class ReplayCopy(NpgsqlConnection connection, RejectMapping mapping)
{
    /// <summary>Copies all of them, inside the transaction under way.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // A deferred constraint would speak up at COMMIT only, when no row can be found any more.
        await ExecuteAsync("SET CONSTRAINTS ALL IMMEDIATE", cancellationToken);
        foreach (var rows in mapping.Rows.GroupBy(r => r.Row.Plan.CopyStatement)) await CopyAsync([.. rows], cancellationToken);
    }

    async Task CopyAsync((long Id, RowBatch Row)[] rows, CancellationToken cancellationToken)
    {
        await ExecuteAsync("SAVEPOINT part", cancellationToken);
        PostgresException refusal;
        try
        {
            await CopyStream.WriteAsync(connection, rows[0].Row.Plan, rows.Select(r => r.Row.Bytes), cancellationToken);
            await ExecuteAsync("RELEASE SAVEPOINT part", cancellationToken);
            mapping.Accept(rows.Select(r => r.Id));
            return;
        }
        catch (PostgresException failure) when (FailureClassifier.Classify(failure) == FailureClass.Row)
        {
            refusal = failure;
        }

        await ExecuteAsync("ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part", cancellationToken);
        if (rows.Length == 1)
        {
            mapping.Refuse(rows[0].Id, ServerRefusal.ReasonOf(refusal), refusal.ColumnName, ServerRefusal.DetailOf(refusal));
            return;
        }

        await CopyAsync(rows[..(rows.Length / 2)], cancellationToken);
        await CopyAsync(rows[(rows.Length / 2)..], cancellationToken);
    }

    async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
