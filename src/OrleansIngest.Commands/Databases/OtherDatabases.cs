using OrleansIngest.Commands.Configuration;
using OrleansIngest.Commands.Shell;

namespace OrleansIngest.Commands.Databases;

/// <summary>A note for users of one of several databases that there are others.</summary>
static class OtherDatabases
{
    /// <summary>Which database is shown, and how to see the others; null if there are none, or if one was
    /// requested.</summary>
    public static string? Note(CliContext context)
    {
        if (context.IsGiven(GlobalOptions.Db) || context.ConfigurationTexts.IsAbsent) return null;
        try
        {
            var names = context.Configuration.Databases.Keys;
            if (!names.Any()) return null;
            var shown = context.ChosenDatabase ?? NamedDatabases.Main;
            return $"database {shown}; with --database: "
                + $"{string.Join(", ", new[] { NamedDatabases.Main }.Concat(names).Where(n => n != shown))}";
        }
        catch (CliException)
        {
            return null; // an error in the configuration must not prevent a query
        }
    }
}
