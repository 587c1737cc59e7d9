namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>Memory that several budgets share. Half of it is first come, first served; of the other half each budget has an equal
/// part that no other can take, so that a budget whose batches wait for an unavailable database does not stop the others. A
/// single budget has all of it.</summary>
/// <param name="total">Bytes.</param>
sealed class SharedMemory(long total)
{
    readonly List<MemoryBudget> _members = [];

    /// <summary>Held while the use of any member changes.</summary>
    public Lock Lock { get; } = new();

    /// <summary>Total bytes of all budgets. Each may exceed it by one batch: a budget that uses nothing never waits.</summary>
    public long Total => total;

    /// <summary>Adds a budget of this memory, until it leaves.</summary>
    public MemoryBudget Join()
    {
        var member = new MemoryBudget(this);
        lock (Lock) _members.Add(member);
        return member;
    }

    /// <summary>Removes a budget; the others get its part.</summary>
    public void Leave(MemoryBudget member)
    {
        lock (Lock)
        {
            _members.Remove(member);
            LetIn();
        }
    }

    /// <summary>Whether a budget may take this many more bytes. Under <see cref="Lock"/>.</summary>
    public bool Fits(MemoryBudget asking, long bytes)
    {
        if (asking.Taken == 0) return true;
        var own = total / (2 * Math.Max(1, _members.Count));
        var common = total - own * Math.Max(1, _members.Count);
        var taken = Math.Max(0, asking.Taken + bytes - own);
        if (taken == 0) return true;
        foreach (var member in _members)
        {
            if (member != asking) taken += Math.Max(0, member.Taken - own);
        }

        return taken <= common;
    }

    /// <summary>Grants waiting requests that fit. Under <see cref="Lock"/>.</summary>
    public void LetIn()
    {
        foreach (var member in _members) member.LetIn();
    }
}
