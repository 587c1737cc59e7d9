namespace OrleansIngest.Commands.Queries.Watching;

/// <summary>The user's choices while watching: a filter, a sort order, a row.</summary>
sealed class WatchState
{
    /// <summary>Identity of the chosen row: it stays chosen when rows arrive or are sorted. Null: not known yet.</summary>
    string? _identity;

    /// <summary>Whether the top is chosen, and not a row: the row that is there changes.</summary>
    bool _isTop = true;

    /// <summary>Only rows with this text in any of their values.</summary>
    public string Filter { get; private set; } = "";

    /// <summary>Whether keys are letters of the filter.</summary>
    public bool IsTyping { get; private set; }

    /// <summary>Index of the column that rows are sorted by; null for the original order.</summary>
    public int? SortedBy { get; private set; }

    /// <summary>Whether the order is descending.</summary>
    public bool IsDescending { get; private set; }

    /// <summary>Index of the chosen row among those that match the filter.</summary>
    public int Chosen { get; private set; }

    /// <summary>Keeps the first visible line among <paramref name="count"/> lines.</summary>
    public int Keep(int count) => Chosen = Math.Clamp(Chosen, 0, Math.Max(0, count - 1));

    /// <summary>Keeps the chosen row, wherever it is now. When it is gone, the row at its place is chosen.</summary>
    /// <param name="identities">Of the rows that match the filter, in their order.</param>
    public int Keep(IReadOnlyList<string> identities)
    {
        // Among rows that cannot be told apart, the nearest.
        if (_identity is not null && Enumerable.Range(0, identities.Count).Where(i => identities[i] == _identity)
            .OrderBy(i => Math.Abs(i - Chosen)).Cast<int?>().FirstOrDefault() is { } found) return Chosen = found;
        Keep(identities.Count);
        if (!_isTop) _identity = identities.ElementAtOrDefault(Chosen);
        return Chosen;
    }

    /// <summary>Handles a key.</summary>
    /// <param name="key">Of the keyboard.</param>
    /// <param name="columns">Places of the columns to sort by, from left to right: those that are shown.</param>
    /// <param name="page">Number of visible rows.</param>
    public WatchAction Press(ConsoleKeyInfo key, IReadOnlyList<int> columns, int page)
    {
        if (IsTyping) return Type(key);
        switch (key)
        {
            case { Key: ConsoleKey.Enter }: return WatchAction.Open;
            case { Key: ConsoleKey.Escape or ConsoleKey.Backspace } when Filter.Length > 0: Filter = ""; break;
            case { Key: ConsoleKey.Escape or ConsoleKey.Backspace or ConsoleKey.LeftArrow }: return WatchAction.Back;
            case { Key: ConsoleKey.DownArrow } or { KeyChar: 'j' }: Choose(Chosen + 1); break;
            case { Key: ConsoleKey.UpArrow } or { KeyChar: 'k' }: Choose(Chosen - 1); break;
            case { Key: ConsoleKey.PageDown } or { KeyChar: ' ' }: Choose(Chosen + page); break;
            case { Key: ConsoleKey.PageUp }: Choose(Chosen - page); break;
            case { Key: ConsoleKey.Home } or { KeyChar: 'g' }: Choose(0, isTop: true); break;
            case { Key: ConsoleKey.End } or { KeyChar: 'G' }: Choose(int.MaxValue - page); break;
            case { KeyChar: 'q' }: return WatchAction.Quit;
            case { KeyChar: '/' }: (IsTyping, Filter) = (true, ""); break;
            case { KeyChar: 's' }: SortedBy = columns.Where(c => c > (SortedBy ?? -1)).Cast<int?>().FirstOrDefault(); break;
            case { KeyChar: 'r' }: IsDescending = !IsDescending; break;
        }

        return WatchAction.Draw;
    }

    void Choose(int place, bool isTop = false) => (Chosen, _identity, _isTop) = (Math.Max(0, place), null, isTop);

    WatchAction Type(ConsoleKeyInfo key)
    {
        switch (key)
        {
            case { Key: ConsoleKey.Enter }: IsTyping = false; break;
            case { Key: ConsoleKey.Escape }: (IsTyping, Filter) = (false, ""); break;
            case { Key: ConsoleKey.Backspace } when Filter.Length > 0: Filter = Filter[..^1]; break;
            case { KeyChar: >= ' ' and not '\x7f' }: Filter += key.KeyChar; break;
        }

        Choose(0, isTop: true);
        return WatchAction.Draw;
    }
}

/// <summary>The action of a key.</summary>
enum WatchAction
{
    /// <summary>Redraw the frame.</summary>
    Draw,

    /// <summary>Open the chosen row.</summary>
    Open,

    /// <summary>Go back.</summary>
    Back,

    /// <summary>The end.</summary>
    Quit,
}
