using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Npgsql;
using OrleansIngest.Commands.Databases;
using OrleansIngest.Commands.Shell;

namespace OrleansIngest.Commands;

/// <summary>Opens psql on the database; the embedded one runs for as long.</summary>
sealed class PsqlCommand : IngestCommand
{
    readonly Option<string[]> _commands = new("-c", "--command")
    { Description = "Run this statement and exit; repeatable", HelpName = "SQL" };
    readonly Option<string?> _database = new("-d", "--dbname")
    { Description = "Another database of the same server, such as ingest_demo", HelpName = "NAME" };
    readonly Argument<string[]> _arguments = new("ARGUMENT")
    { Description = "More arguments for psql, after --", Arity = ArgumentArity.ZeroOrMore };

    public PsqlCommand()
        : base(
            "psql",
            "Open psql on the database that the other commands use. The private PostgreSQL is started for it if necessary.",
            "ingest psql",
            "ingest psql -c 'SELECT count(*) FROM events'",
            "ingest psql -d ingest_demo -- --csv -c 'TABLE corrupt_records'")
    {
        Add(_commands);
        Add(_database);
        Add(_arguments);
    }

    /// <inheritdoc/>
    public override bool PassesOptionsOn => true;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        await using var database = await OpenDatabase.OpenOrCreateAsync(context, "ingest/psql", cancellationToken);
        var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var start = new ProcessStartInfo(database.Embedded?.PsqlProgram ?? "psql");
        start.Environment["PGHOST"] = settings.Host;
        start.Environment["PGPORT"] = settings.Port.ToString(CultureInfo.InvariantCulture);
        start.Environment["PGUSER"] = settings.Username;
        start.Environment["PGDATABASE"] = context.Get(_database) ?? settings.Database;
        start.Environment["PGAPPNAME"] = settings.ApplicationName;
        start.Environment["PGSSLMODE"] = SslMode(settings.SslMode);
        if (settings.Password is { Length: > 0 } password) start.Environment["PGPASSWORD"] = password;
        if (settings.Passfile is { Length: > 0 } passwords) start.Environment["PGPASSFILE"] = passwords;
        if (settings.RootCertificate is { Length: > 0 } authority) start.Environment["PGSSLROOTCERT"] = authority;
        if (settings.SslCertificate is { Length: > 0 } certificate) start.Environment["PGSSLCERT"] = certificate;
        if (settings.SslKey is { Length: > 0 } key) start.Environment["PGSSLKEY"] = key;
        if (settings.Options is { Length: > 0 } options) start.Environment["PGOPTIONS"] = options;
        start.Environment["PGCONNECT_TIMEOUT"] = settings.Timeout.ToString(CultureInfo.InvariantCulture);
        foreach (var sql in context.Get(_commands) ?? [])
        {
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add(sql);
        }

        foreach (var argument in context.Get(_arguments)!) start.ArgumentList.Add(argument);
        try
        {
            return await ForegroundProgram.RunAsync(start) == 0 ? ExitCode.Done : ExitCode.Failed;
        }
        catch (Win32Exception)
        {
            throw new CliException(
                "psql is not installed on this machine: install PostgreSQL's client programs (Debian, Ubuntu: apt-get install "
                    + "postgresql-client)");
        }
    }

    static string SslMode(SslMode mode) => mode switch
    {
        Npgsql.SslMode.VerifyCA => "verify-ca",
        Npgsql.SslMode.VerifyFull => "verify-full",
        _ => mode.ToString().ToLowerInvariant(),
    };
}
