using Npgsql;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Commands.Tables;

namespace OrleansIngest.Commands.Queries.Watching;

/// <summary>Shows a query on a terminal, refreshes it every second, and handles keys.</summary>
/// <param name="context">Of the command.</param>
/// <param name="name">Of the command, for the title.</param>
/// <param name="read">Reads the result.</param>
/// <param name="open">Reads the details of a row; null if there are none.</param>
sealed class Watcher(
    CliContext context, string name, Func<CancellationToken, Task<QueryResult>> read,
    Func<IReadOnlyList<string>, CancellationToken, Task<QueryResult?>> open)
{
    static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    readonly bool _colors = context.Surroundings.Environment.GetValueOrDefault("NO_COLOR", "").Length == 0;

    /// <summary>Watches until it is cancelled.</summary>
    /// <returns>The last result.</returns>
    public async Task<QueryResult?> RunAsync(CancellationToken cancellationToken)
    {
        var views = new Stack<View>([new View(name, read)]);
        using var screen = new WatchScreen(context.Output);
        while (true)
        {
            // The terminal is gone, without the signal that ends programs with it.
            if (context.Surroundings.OutputIsClosed()) return null;
            var view = views.Peek();
            if (context.Time.GetElapsedTime(view.ReadAt) >= Period || view.Result is null)
                await ReadAsync(view, cancellationToken);
            var (width, height) = WatchScreen.Size;
            var frame = new WatchFrame(
                $"ingest {view.Title} · {Readable.Instant(context.Time.GetUtcNow())}", view.Shown, view.State, width,
                height, _colors);
            screen.Draw(frame.Lines());
            var patience = Period - context.Time.GetElapsedTime(view.ReadAt);
            if (patience <= TimeSpan.Zero) continue;
            if (await KeyAsync(screen, patience, cancellationToken) is not { } key)
            {
                if (cancellationToken.IsCancellationRequested) return views.Last().Result;
                continue;
            }

            switch (view.State.Press(key, frame.Sortable, frame.Page))
            {
                case WatchAction.Quit: return views.Last().Result;
                case WatchAction.Back when views.Count > 1: views.Pop(); break;
                case WatchAction.Open when !view.Shown.IsRecord && frame.Chosen is { } row:
                    views.Push(Open(view, frame.Columns, row));
                    break;
            }
        }
    }

    async Task<ConsoleKeyInfo?> KeyAsync(WatchScreen screen, TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            return await screen.KeyAsync(patience, context.Time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return null; // Ctrl-C
        }
    }

    View Open(View view, IReadOnlyList<TextColumn> columns, IReadOnlyList<string> row)
    {
        var isOuter = view.Title == name;
        return new View($"{view.Title} › {row[0]}",
            async token => isOuter && await open(row, token) is { } detail ? detail : RecordOf(columns, row));
    }

    static QueryResult RecordOf(IReadOnlyList<TextColumn> columns, IReadOnlyList<string> row)
    {
        var record = new TextTable("COLUMN", "VALUE");
        for (var i = 0; i < columns.Count; i++) record.Add(columns[i].Name, row[i]);
        return new QueryResult(() => "", [record]) { IsRecord = true };
    }

    async Task ReadAsync(View view, CancellationToken cancellationToken)
    {
        try
        {
            (view.Result, view.Failure) = (await view.Read(cancellationToken), null);
        }
        catch (NpgsqlException failure) when (!cancellationToken.IsCancellationRequested)
        {
            view.Failure = Failure.Describe(failure, withStack: false, context.Database);
        }

        view.ReadAt = context.Time.GetTimestamp();
    }

    /// <summary>A watched view: the command's query, or an opened row.</summary>
    sealed class View(string title, Func<CancellationToken, Task<QueryResult>> read)
    {
        public string Title => title;

        public Func<CancellationToken, Task<QueryResult>> Read => read;

        public WatchState State { get; } = new();

        public QueryResult? Result { get; set; }

        public string? Failure { get; set; }

        public long ReadAt { get; set; }

        /// <summary>The result to show: while the database is unavailable, the last one.</summary>
        public QueryResult Shown => (Result, Failure) switch
        {
            ({ } result, null) => result,
            ({ } result, { } failure) => result with { Notes = [failure, .. result.Notes] },
            _ => new QueryResult(() => "", [new TextTable("") { WhenEmpty = Failure ?? "…" }]),
        };
    }
}
