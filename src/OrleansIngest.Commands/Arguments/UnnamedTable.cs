using OrleansIngest.Commands.Shell;
using OrleansIngest.Commands.Tables;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Inference;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Arguments;

/// <summary>Files for which no table is named, neither on the command line nor in a configuration: they belong to the built-in
/// table <c>events</c> only if their headers say so.</summary>
static class UnnamedTable
{
    /// <summary>Refuses files of which none fits <c>events</c>, before anything is created: there they would be quarantined, and
    /// count as quarantined for ever.</summary>
    /// <param name="context">Has the configuration.</param>
    /// <param name="table">From <c>--table</c>.</param>
    /// <param name="pipeline">How the files are read.</param>
    /// <param name="written">The first of them as on the command line; for the message.</param>
    /// <param name="files">Absolute paths.</param>
    /// <exception cref="CliException">None fits.</exception>
    public static void Expect(
        CliContext context, string? table, PipelineOptions pipeline, string written, IReadOnlyList<string> files)
    {
        if (table is not null || files.Count == 0 || !context.Configuration.IsBuiltIn) return;
        string[] required = [.. pipeline.Rules.OfType<RequiredRule>().Select(rule => rule.Column)];
        if (files.Any(file => Lacking(file, pipeline, required).Count == 0)) return;
        var name = SuggestedNames.Table(files[0]);
        if (TableNames.IsEvents(name)) name = $"my_{name}";
        throw CliException.Usage(SafeText.Of(
            $"no table is named, and there is no ingest.json; the built-in table {pipeline.Table} is not for {files[0]}, which "
                + $"lacks {string.Join(", ", Lacking(files[0], pipeline, required))}. To create a table for it: ")
            + $"ingest load {ShellWord.Of(SafeText.Of(written))} --table {name} --create");
    }

    /// <summary>The required columns that nothing in a file fills; none if it has no header. Of a file that cannot be read here,
    /// the load reports why.</summary>
    static IReadOnlyList<string> Lacking(string file, PipelineOptions pipeline, IReadOnlyList<string> required)
    {
        try
        {
            var found = TableInference.Read(file, pipeline, maxRecords: 1);
            return found.HasNames ? [.. required.Except(
                [.. found.Columns.Select(column => column.Name), .. pipeline.Metadata.Keys, .. pipeline.Compute.Keys])] : [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return [];
        }
    }
}
