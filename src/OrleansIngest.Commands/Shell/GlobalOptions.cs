using System.CommandLine;

namespace OrleansIngest.Commands.Shell;

/// <summary>The options that every command takes.</summary>
public static class GlobalOptions
{
    /// <summary>Which database, by name or URL.</summary>
    public static Option<string?> Db { get; } = new("--db", "--database")
    {
        Description =
            "Database: a name under databases of ingest.json (main for the main one), or "
            + "postgres://user:password@host:5432/name?sslmode=require, or postgres://user@/name?host=/var/run/postgresql for a "
            + "Unix socket, with libpq's parameters after the question mark. Default: DATABASE_URL, else DB_HOST, DB_PORT, "
            + "DB_NAME, DB_USER and DB_PASS (or DB_PASS_FILE) from the environment or .env, else the private PostgreSQL "
            + "in .ingest/ of the working directory",
        HelpName = "NAME|URL",
        Recursive = true,
    };

    /// <summary>Which configuration.</summary>
    public static Option<string?> Config { get; } = new("--config")
    {
        Description = "Configuration file. Default: ingest.json if it exists, else the built-in pipeline events",
        HelpName = "FILE",
        Recursive = true,
    };

    /// <summary>Results for machines.</summary>
    public static Option<bool> Json { get; } = new("--json") { Description = "Print results as JSON", Recursive = true };

    /// <summary>How much is logged.</summary>
    public static Option<string> LogLevel { get; } = LevelOption();

    /// <summary>Where to log, beside standard error.</summary>
    public static Option<string?> LogFile { get; } = new("--log-file")
    {
        Description =
            "Also write the log to this file as JSON lines; it rotates every 50 MiB to _001, _002, …, and the last 10 "
                + "files are kept",
        HelpName = "FILE",
        Recursive = true,
    };

    static Option<string> LevelOption()
    {
        var option = new Option<string>("--log-level")
        {
            Description = "Minimum level of log lines on standard error: trace, debug, info, warn or error. Default: info",
            HelpName = "LEVEL",
            DefaultValueFactory = _ => "info",
            Recursive = true,
        };
        option.AcceptOnlyFromAmong("trace", "debug", "info", "warn", "error");
        return option;
    }
}
