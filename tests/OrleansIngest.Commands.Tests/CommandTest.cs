using System.Text.Json;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests;

/// <summary>A directory and a database with a ledger, for tests of commands.</summary>
/// <param name="sql">Prepares the database.</param>
public abstract class CommandTest(string sql) : IAsyncLifetime
{
    readonly TempDirectory _temp = new();
    TestDatabase _database = null!;

    private protected TempDirectory Temp => _temp;

    private protected TestDatabase Database => _database;

    public virtual async ValueTask InitializeAsync()
    {
        _database = await TestPostgres.CreateDatabaseAsync();
        await ExecuteAsync(sql);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _database.DisposeAsync();
        _temp.Dispose();
    }

    /// <summary>Runs a command in the directory, with the database.</summary>
    private protected Task<CliRun> RunAsync(params string[] arguments) =>
        CliRun.InAsync(_temp.Path, [.. arguments, "--db", TestUrl.Of(_database)]);

    /// <summary>The result of a command as JSON.</summary>
    private protected async Task<JsonElement> JsonAsync(params string[] arguments)
    {
        var run = await RunAsync([.. arguments, "--json"]);
        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private protected async Task ExecuteAsync(string sql)
    {
        await using var command = _database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private protected async Task<object?> ScalarAsync(string sql)
    {
        await using var command = _database.DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
