using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Loading;

/// <summary>A load whose files go to tables by their names: each table is looked up, and created, for its first file.</summary>
static class RoutedLoad
{
    /// <summary>Configures the pipeline for that, and for <c>--create</c>.</summary>
    /// <param name="pipeline">Its table is a template.</param>
    /// <param name="create">Whether missing tables are created.</param>
    /// <param name="keepNames">Whether columns are to be named as in the file.</param>
    /// <param name="delimiterIsChosen">Whether the pipeline's delimiter was chosen explicitly; otherwise a
    /// comma counts as the default.</param>
    /// <exception cref="CliException">The options cannot be combined.</exception>
    public static void Apply(PipelineOptions pipeline, bool create, bool keepNames, bool delimiterIsChosen)
    {
        if (keepNames) throw CliException.Usage("--keep-names names the columns of one new table, and --table names several");
        if (create && !delimiterIsChosen && pipeline.Csv.Delimiter == ",") pipeline.Csv.Delimiter = null;
        pipeline.CreateTable |= create;
        if (pipeline.Validate("").Where(p => p.Path is ".table" or ".write" or ".sameContent" or ".key")
            .ToList() is [var problem, ..])
            throw CliException.Usage($"--table {pipeline.Table}: {problem.Path[1..]} {problem.Message}");
    }
}
