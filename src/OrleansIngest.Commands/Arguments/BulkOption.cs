using System.CommandLine;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Arguments;

/// <summary>The table's indexes during a load: <c>--bulk</c>.</summary>
static class BulkOption
{
    public static Option<string?> Create()
    {
        var option = new Option<string?>("--bulk")
        {
            Description = "Drop the table's secondary indexes before the load and rebuild them afterwards: on (also without "
                + "a value) if the files are larger than the table's rows, auto for a large load into a table that is nearly "
                + "empty, off never. Unique indexes stay. Default: the pipeline's setting, else auto",
            HelpName = "WHEN",
            Arity = ArgumentArity.ZeroOrOne,
        };
        option.AcceptOnlyFromAmong("auto", "on", "off");
        return option;
    }

    /// <summary>Overrides the pipeline's options with those of the command line; call it after all
    /// other options were applied.</summary>
    /// <exception cref="CliException">The options cannot be combined.</exception>
    public static void Apply(CliContext context, Option<string?> option, PipelineOptions pipeline)
    {
        if (!context.IsGiven(option)) return;
        pipeline.Bulk = context.Get(option) switch { "auto" => BulkPolicy.Auto, "off" => BulkPolicy.Off, _ => BulkPolicy.On };
        OptionProblems.Refuse(pipeline, option.Name);
    }
}
