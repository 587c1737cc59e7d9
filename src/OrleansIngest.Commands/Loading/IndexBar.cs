using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading.Bulk;
using Spectre.Console;

namespace OrleansIngest.Commands.Loading;

/// <summary>A bar for each index that is being built, on a terminal only.</summary>
sealed class IndexBar : IDisposable
{
    static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(200);

    readonly IngestNode _node;
    readonly BulkLoad _bulk;
    readonly TimeProvider _time;
    readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Task _shown;

    IndexBar(CliContext context, IngestNode node, BulkLoad bulk)
    {
        (_node, _bulk, _time) = (node, bulk, context.Time);
        _shown = context.Surroundings.ErrorIsTerminal && !context.Json
            ? Task.Run(() => ShowAsync(WordWrapWriter.Terminal(context.Error)))
            : Task.CompletedTask;
    }

    public static IndexBar Start(CliContext context, IngestNode node, BulkLoad bulk) => new(context, node, bulk);

    public void Dispose()
    {
        _over.TrySetResult();
        _shown.Wait();
    }

    async Task ShowAsync(TextWriter error)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        await console.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async bar =>
            {
                var tasks = new Dictionary<string, ProgressTask>(StringComparer.Ordinal);
                while (!_over.Task.IsCompleted)
                {
                    var building = _bulk.Building;
                    foreach (var (name, task) in tasks.Where(t => !building.Values.Contains(t.Key))) task.Value = 1;
                    foreach (var state in await ReadAsync(building))
                    {
                        if (!building.TryGetValue(state.Process, out var name)) continue;
                        if (!tasks.TryGetValue(name, out var task))
                            tasks.Add(name, task = bar.AddTask(Markup.Escape(name), maxValue: 1));
                        task.Value = state.Share;
                        task.Description = Markup.Escape($"{name}: {state.Phase}");
                    }

                    await Task.WhenAny(_over.Task, Task.Delay(Refresh, _time));
                }
            });
    }

    /// <summary>A failing progress bar must not fail the load.</summary>
    async Task<IReadOnlyList<IndexProgress>> ReadAsync(IReadOnlyDictionary<int, string> building)
    {
        try
        {
            return building.Count == 0
                ? []
                : await IndexProgress.ReadAsync(_node.LedgerSource, [.. building.Keys], CancellationToken.None);
        }
        catch (Exception failure) when (failure is Npgsql.NpgsqlException or IOException or TimeoutException)
        {
            return [];
        }
    }
}
