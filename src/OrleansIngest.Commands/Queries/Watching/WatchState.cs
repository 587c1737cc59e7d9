namespace OrleansIngest.Commands.Queries.Watching;

/// <summary>The user's choices while watching: a filter, a sort order, a row.</summary>
sealed class WatchState
{
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

    /// <summary>Keeps the chosen row among <paramref name="count"/> rows.</summary>
    public int Keep(int count) => Chosen = Math.Clamp(Chosen, 0, Math.Max(0, count - 1));

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
            case { Key: ConsoleKey.DownArrow } or { KeyChar: 'j' }: Chosen++; break;
            case { Key: ConsoleKey.UpArrow } or { KeyChar: 'k' }: Chosen--; break;
            case { Key: ConsoleKey.PageDown } or { KeyChar: ' ' }: Chosen += page; break;
            case { Key: ConsoleKey.PageUp }: Chosen -= page; break;
            case { Key: ConsoleKey.Home } or { KeyChar: 'g' }: Chosen = 0; break;
            case { Key: ConsoleKey.End } or { KeyChar: 'G' }: Chosen = int.MaxValue - page; break;
            case { KeyChar: 'q' }: return WatchAction.Quit;
            case { KeyChar: '/' }: (IsTyping, Filter) = (true, ""); break;
            case { KeyChar: 's' }: SortedBy = columns.Where(c => c > (SortedBy ?? -1)).Cast<int?>().FirstOrDefault(); break;
            case { KeyChar: 'r' }: IsDescending = !IsDescending; break;
        }

        Chosen = Math.Max(0, Chosen);
        return WatchAction.Draw;
    }

    WatchAction Type(ConsoleKeyInfo key)
    {
        switch (key)
        {
            case { Key: ConsoleKey.Enter }: IsTyping = false; break;
            case { Key: ConsoleKey.Escape }: (IsTyping, Filter) = (false, ""); break;
            case { Key: ConsoleKey.Backspace } when Filter.Length > 0: Filter = Filter[..^1]; break;
            case { KeyChar: >= ' ' and not '\x7f' }: Filter += key.KeyChar; break;
        }

        Chosen = 0;
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
