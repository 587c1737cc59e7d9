using Npgsql;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Targets.Postgres.Encoders;

/// <summary>One database with the types of <see cref="TypeSamples"/>, for all tests of a class; each
/// takes a session of its own.</summary>
public sealed class TypedDatabase : IAsyncLifetime
{
    TestDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestPostgres.CreateDatabaseAsync();
        await using var connection = await OpenAsync();
        await EncoderLaw.ExecuteAsync(connection, TypeSamples.Setup);
    }

    public async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = await _database.DataSource.OpenConnectionAsync();
        await EncoderLaw.ExecuteAsync(connection, "SET timezone = 'UTC'");
        return connection;
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
