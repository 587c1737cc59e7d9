using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace OrleansIngest.Postgres.Tests.Ledger;

/// <summary>A data source whose sessions explain themselves: the server's own auto_explain says which plan each statement had,
/// those of functions too, in a notice that Npgsql logs.</summary>
sealed class ExplainedPlans : IAsyncDisposable
{
    const string Explaining =
        "-c session_preload_libraries=auto_explain -c auto_explain.log_min_duration=0 -c auto_explain.log_level=log -c "
            + "auto_explain.log_nested_statements=on -c client_min_messages=log";

    readonly ConcurrentQueue<string> _plans = new();
    readonly NpgsqlDataSource _explaining;

    /// <param name="connectionString">The database.</param>
    /// <param name="isMeasured">Whether the plans tell how much they read.</param>
    public ExplainedPlans(string connectionString, bool isMeasured = false)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Options = isMeasured ? $"{Explaining} -c auto_explain.log_analyze=on -c auto_explain.log_buffers=on" : Explaining,
        };
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        builder.UseLoggerFactory(new Ear(_plans));
        _explaining = builder.Build();
    }

    public NpgsqlDataSource DataSource => _explaining;

    /// <summary>The plans of the statements that something sends.</summary>
    public async Task<IReadOnlyList<string>> OfAsync(Func<NpgsqlDataSource, Task> ask)
    {
        _plans.Clear();
        await ask(_explaining);
        return [.. _plans];
    }

    public ValueTask DisposeAsync() => _explaining.DisposeAsync();

    sealed class Ear(ConcurrentQueue<string> plans) : ILoggerFactory, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (formatter(state, exception) is var text && text.Contains("plan:", StringComparison.Ordinal)) plans.Enqueue(text);
        }

        public void Dispose()
        {
        }
    }
}
