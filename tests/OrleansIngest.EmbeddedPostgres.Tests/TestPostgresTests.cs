using OrleansIngest.Testing;

namespace OrleansIngest.EmbeddedPostgres.Tests;

public sealed class TestPostgresTests
{
    [Fact]
    public async Task CreateDatabase_WithSchema_HasTheTablesAndIsGoneAfterDispose()
    {
        string name;
        await using (var first = await TestPostgres.CreateDatabaseAsync())
        await using (var second = await TestPostgres.CreateDatabaseAsync())
        {
            name = first.Name;
            name.ShouldNotBe(second.Name);
            (await AskAsync(first, "SELECT count(*) FROM public.events")).ShouldBe(0L);
            (await AskAsync(second, "SELECT to_regclass('ingest.file') IS NOT NULL")).ShouldBe(true);
        }

        await using var empty = await TestPostgres.CreateDatabaseAsync(withSchema: false);
        (await AskAsync(empty, "SELECT to_regclass('ingest.file') IS NULL")).ShouldBe(true);
        (await AskAsync(empty, $"SELECT count(*) FROM pg_database WHERE datname = '{name}'")).ShouldBe(0L);
    }

    static async Task<object?> AskAsync(TestDatabase database, string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
