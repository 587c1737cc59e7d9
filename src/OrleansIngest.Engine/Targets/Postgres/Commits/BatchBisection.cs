using Npgsql;

namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>
/// Copies rows of which the server refuses some: a part that fails is halved, under savepoints, until the refused rows stand alone. k refused rows
/// among n cost about n·log2(k) rows copied again. Refused rows that a later one may have made valid are retried until nothing changes.
/// </summary>
/// <param name="connection">Inside the transaction.</param>
/// <param name="rows">What is copied.</param>
/// <param name="known">What earlier bisections of the same rows have found out; is added to.</param>
sealed class BatchBisection(NpgsqlConnection connection, IRowSource rows, KnownRefusals known)
{
    /// <summary>Passes over refused rows: a chain of parents in reverse order needs one for each link.</summary>
    const int MostPasses = 50;

    readonly SortedDictionary<int, PostgresException> _refused = [];
    bool _copiedAny;

    /// <summary>Rows that the server took and discarded.</summary>
    public long Suppressed { get; private set; }

    /// <summary>Copies what can be copied.</summary>
    /// <returns>The refused rows, in order.</returns>
    /// <exception cref="PostgresException">Not the fault of rows: none went through, or the server is unavailable.</exception>
    public async Task<IReadOnlyDictionary<int, PostgresException>> RunAsync(CancellationToken cancellationToken)
    {
        // A statement trigger that fails, fails without rows as well: then no row is to blame.
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

        // What may be the server's own trouble is the rows' only if others went through.
        if (!_copiedAny && _refused.Values.FirstOrDefault(r => FailureClassifier.Classify(r, CommitStage.SendingRows) != FailureClass.Data) is { } trouble)
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

    /// <summary>Null when the rows are in.</summary>
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
                known.Add(from, to, failure); // hung up: the next bisection need not try this part again
                throw;
            }

            await connection.ExecuteAsync("ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part", cancellationToken);
            return failure;
        }
    }
}

/// <summary>Parts of a batch that the server refused with a code after which Npgsql hangs up: the transaction is lost, but not what was learned.</summary>
sealed class KnownRefusals
{
    readonly Dictionary<(int From, int To), PostgresException> _parts = [];

    /// <summary>How many parts are known.</summary>
    public int Count => _parts.Count;

    /// <summary>Why the part was refused; null when that is not known.</summary>
    public PostgresException? Of(int from, int to) => _parts.GetValueOrDefault((from, to));

    /// <summary>Records a refused part.</summary>
    public void Add(int from, int to, PostgresException refusal) => _parts[(from, to)] = refusal;
}

/// <summary>Encoded rows that can be copied in parts.</summary>
interface IRowSource
{
    /// <summary>How many rows there are.</summary>
    int Count { get; }

    /// <summary>Whether a refused row must not be tried again after those after it. Default: no.</summary>
    bool IsOrdered => false;

    /// <summary>Copies rows <paramref name="from"/> up to, not including, <paramref name="to"/>; none is a COPY too.</summary>
    /// <returns>How many of them the server discarded.</returns>
    Task<long> CopyAsync(NpgsqlConnection connection, int from, int to, CancellationToken cancellationToken);
}
