using Npgsql;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Targets.Postgres.Encoders;

/// <summary>The same law in a database that does not keep text as UTF-8.</summary>
public sealed class OtherEncodingTests : IAsyncLifetime
{
    const int Mutations = 800;
    const int Seed = 1252;

    TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestPostgres.CreateDatabaseAsync(withSchema: false);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Theory]
    [InlineData("LATIN1")]
    [InlineData("SQL_ASCII")]
    public async Task Encode_AnyTextForAServerInAnotherEncoding_StoresOrRefusesAsTheServersTextCopy(string encoding)
    {
        await using var outer = await _database.DataSource.OpenConnectionAsync();
        var name = $"{_database.Name}_{encoding.ToLowerInvariant()}";
        await EncoderLaw.ExecuteAsync(outer, $"CREATE DATABASE {name} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0");
        try
        {
            await using var dataSource = NpgsqlDataSource.Create(
                new NpgsqlConnectionStringBuilder(_database.ConnectionString)
                { Database = name, Pooling = false }.ConnectionString);
            await Migrations.ApplyAsync(dataSource, default);
            await using var connection = await dataSource.OpenConnectionAsync();
            foreach (var type in new[] { "text", "varchar(5)", "char(5)", "numeric(10,2)", "boolean", "date", "timestamptz",
                "inet", "uuid", "bigint" })
            {
                var law = await EncoderLaw.ForAsync(connection, type);
                await law.CheckAsync(HostileTexts.From(TypeSamples.All[type], Mutations, Seed));
            }
        }
        finally
        {
            await EncoderLaw.ExecuteAsync(outer, $"DROP DATABASE {name} WITH (FORCE)");
        }
    }
}
