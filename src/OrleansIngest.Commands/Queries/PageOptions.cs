using System.CommandLine;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Commands.Queries;

/// <summary>The options of commands that show a page of a longer list.</summary>
sealed class PageOptions
{
    readonly Option<long> _limit = UnitOptions.Count("--limit", "Number of rows to show", 50, 1, 1000);
    readonly Option<string?> _after = new("--after")
    { Description = "Continue after this cursor, which the previous page printed", HelpName = "CURSOR" };

    /// <summary>How many.</summary>
    public int Limit(CliContext context) => (int)context.Get(_limit);

    /// <summary>Where to continue; null for the start.</summary>
    /// <exception cref="CliException">It is not a cursor.</exception>
    public PageCursor? After(CliContext context) => context.Get(_after) switch
    {
        null => null,
        var text => PageCursor.TryParse(text, out var cursor) ? cursor
            : throw CliException.Usage($"--after: '{text}' is not a cursor"),
    };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_limit);
        command.Add(_after);
    }

    /// <summary>The note below a page.</summary>
    public static IReadOnlyList<string> More<T>(ViewList<T> page, string what)
    {
        return Total(page) is { } total ? [$"{page.Items.Count} of {total} {what}; next page: --after {page.Next}"] : [];
    }

    /// <summary>How many there are in all, for people; null when the page has all of them.</summary>
    public static string? Total<T>(ViewList<T> page) =>
        page.Next is null ? null : page.Total is { } all ? $"{all}" : $"more than {page.TotalAtLeast}";
}
