using System.Text.RegularExpressions;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Configuration;

/// <summary>The databases of <c>databases</c> in <c>ingest.json</c>, beside the main one. No message and nothing that is shown
/// contains a password.</summary>
static partial class NamedDatabases
{
    /// <summary>The name of the main database.</summary>
    public const string Main = "main";

    /// <summary>Problems of the names and, without variables, of the URLs.</summary>
    public static IEnumerable<OptionProblem> Check(IReadOnlyDictionary<string, string> databases)
    {
        foreach (var (name, url) in databases)
        {
            if (name == Main) yield return new("databases.main",
                "is reserved for the main database, which is set by --db, DATABASE_URL or DB_HOST …: choose another name");
            else if (!Name().IsMatch(name)) yield return new($"databases.{name}",
                "the name must be 1 to 63 characters, each a-z, 0-9, _ or -");
            else if (!Variable().IsMatch(url) && Problem(name, url) is { } problem)
                yield return new($"databases.{name}", problem);
        }
    }

    /// <summary>The problem of a pipeline's database; null if there is none.</summary>
    public static string? Problem(PipelineOptions pipeline, IReadOnlyDictionary<string, string> databases)
    {
        if (pipeline.Database is not { } name || databases.ContainsKey(name)) return null;
        return databases.Count == 0
            ? $"'{name}' is not a database: ingest.json has no databases; add \"databases\": {{ \"{name}\": "
                + $"\"postgres://user@host/database\" }}, or leave it out for the main one"
            : $"'{name}' is not one of databases: {NearestName.Suggest(name, databases.Keys)}";
    }

    /// <summary>The connections, with the variables of the environment and of <c>.env</c> in them.</summary>
    /// <exception cref="CliException">Variables are not set, or values are not URLs; the message lists every problem.</exception>
    public static IReadOnlyDictionary<string, DatabaseSettings> Of(IngestOptions options, CliSurroundings surroundings)
    {
        var variables = EnvironmentVariables.Of(surroundings);
        var found = new Dictionary<string, DatabaseSettings>(StringComparer.Ordinal);
        var problems = new List<string>();
        foreach (var (name, url) in options.Databases)
        {
            try
            {
                found.Add(name, DatabaseUrl.Parse(Expand(name, url, variables), $"databases.{name}"));
            }
            catch (CliException wrong)
            {
                problems.Add(wrong.Message);
            }
        }

        FileProblems.Refuse(problems);
        return found;
    }

    /// <summary>Finds the database of a name.</summary>
    /// <exception cref="CliException">There is none.</exception>
    public static DatabaseSettings Find(IReadOnlyDictionary<string, DatabaseSettings> databases, string name) =>
        databases.TryGetValue(name, out var settings) ? settings : throw CliException.Usage(databases.Count == 0
            ? $"--db is not a database URL such as postgres://user:password@host:5432/database, and the configuration has "
                + "no databases"
            : $"--db: '{name}' is neither a database URL nor one of databases: "
                + $"{NearestName.Suggest(name, [Main, .. databases.Keys])}");

    /// <summary>A URL as written, without its password.</summary>
    public static string Shown(string url) => PasswordParameter().Replace(PasswordInLogin().Replace(url, "$1***@"), "$1***");

    /// <summary>A variable that is the whole text is a URL; inside a URL it is a part, which need not be percent-encoded on its
    /// own.</summary>
    static string Expand(string database, string text, EnvironmentVariables variables)
    {
        return Variable().Match(text) is { Success: true } whole && whole.Length == text.Length ? Value(whole)
            : Variable().Replace(text, v => Uri.EscapeDataString(Value(v)));

        string Value(Match variable) => variables.FindOrRead(variable.Groups[1].Value)
            ?? throw CliException.Usage(
                $"databases.{database}: the variable {variable.Groups[1].Value} is set neither in the environment nor in .env");
    }

    static string? Problem(string name, string url)
    {
        try
        {
            DatabaseUrl.Parse(url, $"databases.{name}");
            return null;
        }
        catch (CliException wrong)
        {
            return wrong.Message[$"databases.{name} ".Length..];
        }
    }

    [GeneratedRegex("^[a-z0-9_-]{1,63}$")]
    private static partial Regex Name();

    [GeneratedRegex(@"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")]
    private static partial Regex Variable();

    /// <summary>Up to the last @: a password with an unencoded one must not show its end.</summary>
    [GeneratedRegex("(://[^:/@]*:).*@")]
    private static partial Regex PasswordInLogin();

    [GeneratedRegex("([?&](?:password|passfile|sslkey)=)[^&]*", RegexOptions.IgnoreCase)]
    private static partial Regex PasswordParameter();
}
