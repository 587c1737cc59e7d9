using System.CommandLine;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Arguments;

/// <summary>The write mode of <c>load</c> and <c>check</c>: <c>--write</c> and its options.</summary>
sealed class WriteArguments
{
    readonly Option<string?> _write = new("--write")
    {
        Description =
            "append adds rows; upsert updates the row with the record's key or inserts one; insertNew inserts only new keys; "
            + "replaceTable replaces all rows of the table in one transaction. "
            + "Default: the pipeline's setting, else append",
        HelpName = "MODE",
    };

    readonly Option<string?> _key = new("--key")
    {
        Description =
            "With --write: columns that identify a row, separated by commas; a unique index must cover exactly these columns. "
                + "Default: the primary key",
        HelpName = "COLUMNS",
    };

    readonly Option<string?> _updateColumns = new("--update-columns")
    {
        Description =
            "With --write upsert: columns to update, separated by commas. Default: all columns of the file except the key",
        HelpName = "COLUMNS",
    };

    readonly Option<string?> _onlyIfNewer = new("--only-if-newer")
    {
        Description =
            "With --write upsert: update a row only if the record's value in this column is greater, such as updated_at",
        HelpName = "COLUMN",
    };

    public WriteArguments() => _write.AcceptOnlyFromAmong("append", "upsert", "insertNew", "replaceTable");

    public void AddTo(Command command)
    {
        foreach (var option in new[] { _write, _key, _updateColumns, _onlyIfNewer }) command.Add(option);
    }

    /// <summary>Overrides the pipeline's options with those of the command line; a different mode resets the options of the
    /// pipeline's mode.</summary>
    /// <exception cref="CliException">The options cannot be combined.</exception>
    public void Apply(CliContext context, PipelineOptions pipeline)
    {
        if (ModeOf(context.Get(_write)) is { } mode && mode != pipeline.Write)
        {
            (pipeline.Write, pipeline.UpdateColumns, pipeline.OnlyIfNewer) = (mode, [], null);
            if (mode is not (WriteMode.Upsert or WriteMode.InsertNew)) pipeline.Key = [];
        }

        if (context.Get(_key) is { } key) pipeline.Key = Names(key);
        if (context.Get(_updateColumns) is { } updated) pipeline.UpdateColumns = Names(updated);
        if (context.Get(_onlyIfNewer) is { } newer) pipeline.OnlyIfNewer = newer.Trim();
        var problems = new List<OptionProblem>();
        WriteChecks.Check(pipeline, "", problems);
        if (problems is not [var first, ..]) return;
        var option = first.Path switch
        {
            ".key" => "--key",
            ".updateColumns" => "--update-columns",
            ".onlyIfNewer" => "--only-if-newer",
            _ => "--write"
        };
        throw CliException.Usage($"{option} {first.Message}");
    }

    static WriteMode? ModeOf(string? word) => word switch
    {
        null => null,
        "upsert" => WriteMode.Upsert,
        "insertNew" => WriteMode.InsertNew,
        "replaceTable" => WriteMode.ReplaceTable,
        _ => WriteMode.Append,
    };

    static string[] Names(string list) => list.Split(',', StringSplitOptions.TrimEntries);
}
