namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>Memory that several budgets share. Half of it goes to the first to ask; of the other half each budget has an
/// even part that no other can take, so that one whose batches wait for a database that is unavailable does not stop the others.
/// With a single budget all of it is that one's.</summary>
/// <param name="total">Bytes.</param>
sealed class SharedMemory(long total)
{
    readonly List<MemoryBudget> _members = [];

    /// <summary>Held while the use of any member changes.</summary>
    public Lock Lock { get; } = new();

    /// <summary>Bytes of all budgets together. Each may exceed it by one batch: a budget that uses nothing is never kept
    /// waiting.</summary>
    public long Total => total;

    /// <summary>A budget of this memory, until it is given back.</summary>
    public MemoryBudget Join()
    {
        var member = new MemoryBudget(this);
        lock (Lock) _members.Add(member);
        return member;
    }

    /// <summary>A budget has ended; the others get its part.</summary>
    public void Leave(MemoryBudget member)
    {
        lock (Lock)
        {
            _members.Remove(member);
            LetIn();
        }
    }

    /// <summary>Whether a budget may take so many bytes more. Under <see cref="Lock"/>.</summary>
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

    /// <summary>Lets in who waits and fits. Under <see cref="Lock"/>.</summary>
    public void LetIn()
    {
        foreach (var member in _members) member.LetIn();
    }
}
