namespace OrleansIngest.Engine.Loading.Staging;

/// <summary>The longest run of consecutive rejected records, from spans of a file that arrive in any order. Of each span, only
/// the runs at its ends are kept; adjacent spans are joined.</summary>
sealed class RejectRuns
{
    readonly SortedList<long, Span> _spans = [];

    /// <summary>The longest run so far.</summary>
    public long Longest { get; private set; }

    /// <summary>Adds a span.</summary>
    /// <param name="first">Number of its first record.</param>
    /// <param name="records">Number of its records; 0 changes nothing.</param>
    /// <param name="rejected">The numbers of its rejected records, in order.</param>
    public void Add(long first, long records, IReadOnlyList<long> rejected)
    {
        if (records == 0) return;
        long prefix = 0, run = 0, last = long.MinValue;
        foreach (var number in rejected)
        {
            run = number == last + 1 ? run + 1 : 1;
            if (number - first + 1 == run) prefix = run;
            Longest = Math.Max(Longest, run);
            last = number;
        }

        Join(first, new Span(records, prefix, last == first + records - 1 ? run : 0));
    }

    void Join(long first, Span span)
    {
        if (_spans.Remove(first + span.Records, out var next)) span = Joined(span, next);
        var at = IndexBefore(first);
        if (at >= 0 && _spans.Keys[at] + _spans.Values[at].Records == first)
        {
            (first, span) = (_spans.Keys[at], Joined(_spans.Values[at], span));
            _spans.RemoveAt(at);
        }

        _spans.Add(first, span);
    }

    Span Joined(Span before, Span after)
    {
        Longest = Math.Max(Longest, before.Suffix + after.Prefix);
        return new Span(
            before.Records + after.Records,
            before.Prefix == before.Records ? before.Records + after.Prefix : before.Prefix,
            after.Suffix == after.Records ? after.Records + before.Suffix : after.Suffix);
    }

    int IndexBefore(long first)
    {
        for (var i = _spans.Count - 1; i >= 0; i--)
        {
            if (_spans.Keys[i] < first) return i;
        }

        return -1;
    }

    /// <summary>Consecutive records, and how many of the first and of the last ones were rejected.</summary>
    readonly record struct Span(long Records, long Prefix, long Suffix);
}
