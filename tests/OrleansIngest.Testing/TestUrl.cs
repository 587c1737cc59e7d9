using Npgsql;

namespace OrleansIngest.Testing;

/// <summary>A test's database as <c>--db</c> wants it.</summary>
public static class TestUrl
{
    public static string Of(TestDatabase database) => Of(database.ConnectionString);

    public static string Of(string connectionString)
    {
        var parts = new NpgsqlConnectionStringBuilder(connectionString);
        return $"postgres://{Uri.EscapeDataString(parts.Username!)}:{Uri.EscapeDataString(parts.Password!)}"
            + $"@{parts.Host}:{parts.Port}/{parts.Database}";
    }
}
