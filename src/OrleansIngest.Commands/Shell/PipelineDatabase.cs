using System.CommandLine;
using OrleansIngest.Commands.Configuration;

namespace OrleansIngest.Commands.Shell;

/// <summary>Finds the database that a command about a pipeline means: that of the pipeline in the configuration.</summary>
static class PipelineDatabase
{
    /// <summary>By <c>--pipeline NAME</c> or the argument PIPELINE, where the command has one of them; <c>--database</c> stands
    /// above it.</summary>
    /// <exception cref="CliException">Pipelines of several databases are named, or a database where only the main one makes
    /// sense.</exception>
    public static void Choose(Command command, CliContext context)
    {
        if (context.NamesDatabase && command.Parents.OfType<Command>().Any(parent => parent.Name == "pipeline"))
            throw CliException.Usage(
                "pipelines are stored in the main database, where silos read them; --set database=NAME chooses the database that "
                    + "a pipeline loads into");
        string[] names = [.. Names(command, context)];
        if (names.Length == 0 || context.IsGiven(GlobalOptions.Db) || context.ConfigurationTexts.IsAbsent) return;
        string[] databases = [.. context.Configuration.Pipelines.Where(p => names.Contains(p.Name))
            .Select(p => p.Database ?? NamedDatabases.Main).Distinct()];
        if (databases.Length > 1)
            throw CliException.Usage(
                $"the pipelines load into several databases ({string.Join(", ", databases)}): name the pipelines of one "
                    + "database at a time");
        if (context.Configuration.Pipelines.FirstOrDefault(p => names.Contains(p.Name)) is { } known)
            context.ChooseDatabaseOf(known);
    }

    static IEnumerable<string> Names(Command command, CliContext context)
    {
        foreach (var option in command.Options.OfType<Option<string?>>().Where(o => o.Name == "--pipeline"))
            if (context.Get(option) is { } name) yield return name;
        foreach (var argument in command.Arguments.Where(a => a.Name == "PIPELINE"))
        {
            if (argument is Argument<string> one && context.Get(one) is { } name) yield return name;
            foreach (var each in argument is Argument<string[]> several ? context.Get(several) ?? [] : []) yield return each;
        }
    }
}
