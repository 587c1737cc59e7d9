using OrleansIngest.Engine.Targets.Postgres.Tables;
using OrleansIngest.Engine.Targets.Postgres.Widening;

namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>The columns of a plan whose type could not hold a value, each with the narrowest type that holds all values so far.
/// Safe for concurrent use: the readers of many files share a plan.</summary>
sealed class WiderColumns(SessionSettings session)
{
    readonly Lock _lock = new();
    readonly Dictionary<string, (TargetColumn Column, WiderType Type)> _wanted = new(StringComparer.Ordinal);
    readonly HashSet<string> _refused = new(StringComparer.Ordinal);

    /// <summary>The columns to widen now.</summary>
    public IReadOnlyList<(TargetColumn Column, WiderType Type)> Wanted
    {
        get
        {
            lock (_lock) return [.. _wanted.Values];
        }
    }

    /// <summary>Records a value that the column refused.</summary>
    public void Note(TargetColumn column, ReadOnlySpan<byte> value)
    {
        if (WiderType.For(column, value, session) is not { } type) return;
        lock (_lock)
        {
            if (_refused.Contains(column.Name)) return;
            if (!_wanted.TryGetValue(column.Name, out var known) || known.Type.Rank < type.Rank)
                _wanted[column.Name] = (column, type);
        }
    }

    /// <summary>Whether records of a batch wait for a wider column.</summary>
    public bool Concerns(EncodedRows rows)
    {
        lock (_lock) return _wanted.Count > 0 && rows.Rejects.Any(r => r.Column is { } column && _wanted.ContainsKey(column));
    }

    /// <summary>Records that the column cannot be widened: such values are rejected from now on.</summary>
    public void Refuse(string column)
    {
        lock (_lock)
        {
            _refused.Add(column);
            _wanted.Remove(column);
        }
    }
}
