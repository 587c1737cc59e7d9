using Npgsql;

namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>
/// Copies rows of which the server refuses some: a part that fails is halved, under savepoints, until the refused rows are
/// isolated. With k refused rows among n, about n·log2(k) rows are copied again. Refused rows that a later one may have made
/// valid are retried until nothing changes.
/// </summary>
/// <param name="connection">Inside the transaction.</param>
/// <param name="rows">The rows to copy.</param>
/// <param name="known">Findings of earlier bisections of the same rows; extended by this one.</param>
sealed class BatchBisection(NpgsqlConnection connection, IRowSource rows, KnownRefusals known)
{
    /// <summary>Maximum number of retries of refused rows: a chain of parents in reverse order needs one for each link.</summary>
    const int MostPasses = 50;

    readonly SortedDictionary<int, PostgresException> _refused = [];
    bool _copiedAny;

    /// <summary>Rows that the server accepted and discarded.</summary>
    public long Suppressed { get; private set; }

    /// <summary>Copies all rows that the server accepts.</summary>
    /// <returns>The refused rows, in order.</returns>
    /// <exception cref="PostgresException">Not the fault of rows: none was accepted, or the server is unavailable.</exception>
    public async Task<IReadOnlyDictionary<int, PostgresException>> RunAsync(CancellationToken cancellationToken)
    {
        // A failing statement trigger fails without rows too: then no row is at fault.
        await TryCopyAsync(0, 0, cancellationToken, isProbe: true);
        await CopyAsync(0, rows.Count, cancellationToken);
        for (var pass = 0; pass < MostPasses && !rows.IsOrdered; pass++)
        {
            var before = _refused.Count;
            foreach (var row in _refused.Where(r => ServerRefusal.MayPassLater(r.Value.SqlState)).Select(r => r.Key)
                         .Where(row => known.Of(row, row + 1) is null).ToArray())
            {
                if (await TryCopyAsync(row, row + 1, cancellationToken) is null) _refused.Remove(row);
            }

            if (_refused.Count == before) break;
        }

        // A failure that may be the server's own is attributed to rows only if others were accepted.
        if (!_copiedAny && _refused.Values.FirstOrDefault(
            r => FailureClassifier.Classify(r, CommitStage.SendingRows) != FailureClass.Data) is { } trouble)
            throw trouble;
        return _refused;
    }

    async Task CopyAsync(int from, int to, CancellationToken cancellationToken)
    {
        if (from == to) return;
        var refusal = known.Of(from, to) ?? await TryCopyAsync(from, to, cancellationToken);
        if (refusal is null) return;
        if (to - from == 1)
        {
            _refused[from] = refusal;
            return;
        }

        var middle = from + (to - from) / 2;
        await CopyAsync(from, middle, cancellationToken);
        await CopyAsync(middle, to, cancellationToken);
    }

    /// <summary>Null if the rows were accepted.</summary>
    async Task<PostgresException?> TryCopyAsync(int from, int to, CancellationToken cancellationToken, bool isProbe = false)
    {
        await connection.ExecuteAsync("SAVEPOINT part", cancellationToken);
        try
        {
            Suppressed += await rows.CopyAsync(connection, from, to, cancellationToken);
            await connection.ExecuteAsync("RELEASE SAVEPOINT part", cancellationToken);
            _copiedAny |= to > from;
            return null;
        }
        catch (PostgresException failure) when (!isProbe
            && FailureClassifier.Classify(failure, CommitStage.SendingRows) is FailureClass.Data or FailureClass.Transient)
        {
            if (connection.State != System.Data.ConnectionState.Open)
            {
                known.Add(from, to, failure); // connection closed: the next bisection need not try this part again
                throw;
            }

            await connection.ExecuteAsync("ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part", cancellationToken);
            return failure;
        }
    }
}

/// <summary>Parts of a batch that the server refused with a code after which Npgsql closes the connection: the transaction is
/// lost, but not the finding.</summary>
sealed class KnownRefusals
{
    readonly Dictionary<(int From, int To), PostgresException> _parts = [];

    /// <summary>Number of known parts.</summary>
    public int Count => _parts.Count;

    /// <summary>Why the part was refused; null if unknown.</summary>
    public PostgresException? Of(int from, int to) => _parts.GetValueOrDefault((from, to));

    /// <summary>Records a refused part.</summary>
    public void Add(int from, int to, PostgresException refusal) => _parts[(from, to)] = refusal;
}

/// <summary>Encoded rows that can be copied in parts.</summary>
interface IRowSource
{
    /// <summary>Number of rows.</summary>
    int Count { get; }

    /// <summary>Whether a refused row must not be retried after later rows. Default: false.</summary>
    bool IsOrdered => false;

    /// <summary>Copies rows <paramref name="from"/> up to, not including, <paramref name="to"/>; an empty range is a COPY
    /// too.</summary>
    /// <returns>Number of rows that the server discarded.</returns>
    Task<long> CopyAsync(NpgsqlConnection connection, int from, int to, CancellationToken cancellationToken);
}
