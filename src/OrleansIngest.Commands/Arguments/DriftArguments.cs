using System.CommandLine;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Arguments;

/// <summary>What happens to fields and values that do not fit the table, as <c>load</c> and <c>check</c> take it.</summary>
sealed class DriftArguments
{
    readonly Option<string?> _extra = new("--extra-columns")
    {
        Description =
            "Policy for a header field without a column: ignore the field, quarantine the file, add the column to the table, or "
            + "store it in --rescue-column. Default: the pipeline's setting, else ignore",
        HelpName = "WHAT",
    };

    readonly Option<string?> _rescue = new("--rescue-column")
    {
        Description = "The jsonb column for fields without a column, as an object; implies --extra-columns rescue",
        HelpName = "COLUMN",
    };

    readonly Option<string?> _missing = new("--missing-columns")
    {
        Description =
            "Policy for a header that lacks a column of the table: allowOptional uses the column's default or NULL, quarantine "
            + "holds the file. Default: the pipeline's setting, else allowOptional",
        HelpName = "WHAT",
    };

    readonly Option<string?> _types = new("--type-changes")
    {
        Description =
            "Policy for a value that does not fit its column: reject the record, or widen the column without loss (integer to "
            + "bigint, a longer varchar). Default: the pipeline's setting, else reject",
        HelpName = "WHAT",
    };

    public DriftArguments()
    {
        _extra.AcceptOnlyFromAmong("ignore", "quarantine", "add", "rescue");
        _missing.AcceptOnlyFromAmong("allowOptional", "quarantine");
        _types.AcceptOnlyFromAmong("reject", "widen");
    }

    public void AddTo(Command command)
    {
        foreach (var option in new[] { _extra, _rescue, _missing, _types }) command.Add(option);
    }

    /// <summary>Overrides the pipeline's options with those of the command line.</summary>
    /// <param name="context">The command line.</param>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="readsPipes">Whether an input can be read only once.</param>
    /// <exception cref="CliException">The options cannot be combined.</exception>
    public void Apply(CliContext context, PipelineOptions pipeline, bool readsPipes)
    {
        var extra = context.Get(_extra);
        if (context.Get(_rescue) is { } column) (pipeline.RescueColumn, extra) = (column.Trim(), extra ?? "rescue");
        if (extra is not null)
        {
            pipeline.ExtraColumns = extra switch
            {
                "add" => ExtraColumnPolicy.Add,
                "quarantine" => ExtraColumnPolicy.Quarantine,
                "rescue" => ExtraColumnPolicy.Rescue,
                _ => ExtraColumnPolicy.Ignore,
            };
            if (pipeline.ExtraColumns != ExtraColumnPolicy.Rescue && context.Get(_rescue) is null) pipeline.RescueColumn = null;
        }

        if (context.Get(_missing) is { } missing)
            pipeline.MissingColumns = missing == "quarantine" ? MissingColumnPolicy.Quarantine
                : MissingColumnPolicy.AllowOptional;
        if (context.Get(_types) is { } types)
            pipeline.TypeChanges = types == "widen" ? TypeChangePolicy.Widen : TypeChangePolicy.Reject;
        var problems = new List<OptionProblem>();
        DriftChecks.Check(pipeline, "", problems);
        if (problems is [var first, ..])
            throw CliException.Usage(
                $"{(first.Path == ".rescueColumn" ? "--rescue-column" : "--extra-columns")} {first.Message}");
        if (!readsPipes) return;
        if (pipeline.ExtraColumns == ExtraColumnPolicy.Add)
            throw CliException.Usage(
                "--extra-columns add examines a file before loading it, and a pipe can be read only once: use rescue");
        if (pipeline.TypeChanges == TypeChangePolicy.Widen)
            throw CliException.Usage(
                "--type-changes widen reads part of a file again, and a pipe can be read only once: load it from a file");
    }
}
