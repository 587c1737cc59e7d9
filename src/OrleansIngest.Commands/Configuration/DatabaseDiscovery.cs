using System.Globalization;
using OrleansIngest.Commands.Shell;

namespace OrleansIngest.Commands.Configuration;

/// <summary>Determines the configured database.</summary>
public static class DatabaseDiscovery
{
    /// <summary><c>--db</c>, else <c>DATABASE_URL</c>, else <c>DB_HOST DB_PORT DB_NAME DB_USER DB_PASS</c> (or
    /// <c>DB_PASS_FILE</c>). Each variable is taken from the environment, else from <c>.env</c>
    /// in the working directory.</summary>
    /// <param name="db">The value of <c>--db</c>, or null.</param>
    /// <param name="surroundings">Environment and working directory.</param>
    /// <returns>Null if nothing is configured, which means the embedded PostgreSQL.</returns>
    /// <exception cref="CliException">The configuration of the database is invalid.</exception>
    public static DatabaseSettings? Find(string? db, CliSurroundings surroundings)
    {
        if (db is not null)
            return DatabaseUrl.Parse(db, "--db");
        var variables = EnvironmentVariables.Of(surroundings);
        if (Variable("DATABASE_URL") is { } url)
        {
            const string Source = "DATABASE_URL";
            return DatabaseConnectionString.IsMeant(url) ? DatabaseConnectionString.Parse(url, Source)
                : DatabaseUrl.Parse(url, Source);
        }

        string[] parts = ["DB_HOST", "DB_PORT", "DB_NAME", "DB_USER", "DB_PASS", "DB_PASS_FILE"];
        if (parts.All(part => Variable(part) is null))
            return null;
        return new DatabaseSettings
        {
            Host = Variable("DB_HOST") ?? "localhost",
            Port = Port(Variable("DB_PORT")),
            Database = Variable("DB_NAME") ?? throw Missing("DB_NAME"),
            User = Variable("DB_USER") ?? throw Missing("DB_USER"),
            Password = variables.FindOrRead("DB_PASS"),
            Source = "DB_HOST, DB_PORT, DB_NAME, DB_USER",
        };

        string? Variable(string name) => variables.Find(name);

        CliException Missing(string name)
        {
            var set = string.Join(", ", parts.Where(part => Variable(part) is not null));
            return CliException.Usage($"{name} is not set, but {set} is: set both, or neither for the private PostgreSQL");
        }
    }

    static int Port(string? text)
    {
        if (text is null)
            return 5432;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536
            ? port
            : throw CliException.Usage($"DB_PORT must be 1 to 65535, not '{text}'");
    }
}
