using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests;

/// <summary><c>tests/run.sh</c> runs this project on the machine's PostgreSQL and on npm's. Before the second run it runs this
/// class, and does without that run if the class is skipped.</summary>
public sealed class ServerVersionTests
{
    const int Oldest = 13;
    const int Newest = 18;

    [Fact]
    public async Task Server_OfTheseTests_IsTheOneThatWasAskedFor()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync(withSchema: false);
        await using var command = database.DataSource.CreateCommand("SELECT current_setting('server_version_num')::int / 10000");

        var version = (int)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;

        version.ShouldBeGreaterThanOrEqualTo(TestPostgres.IsFromNpm ? Newest : Oldest);
    }
}
