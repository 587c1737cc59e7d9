using System.Globalization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>Validates the options of files that become visible all at once.</summary>
static class StagingChecks
{
    const long Most = 1_000_000_000_000;

    public static void Check(PipelineOptions options, string path, List<OptionProblem> problems)
    {
        Count(options.MaxRejected, $"{path}.maxRejected", problems);
        Count(options.MaxRejectedInRow, $"{path}.maxRejectedInRow", problems);
        if (options.MaxRejectedPercent is { } percent && percent is not (>= 0 and <= 100))
        {
            var text = percent.ToString(CultureInfo.InvariantCulture);
            problems.Add(new($"{path}.maxRejectedPercent", $"must be from 0 to 100, not {text}"));
        }

        if (options.OnChange == ChangePolicy.Replace)
        {
            if (!options.Metadata.Values.Contains("{fileId}"))
                problems.Add(new($"{path}.onChange",
                    "replace needs a column that stores the file of each row, such as \"metadata\": { \"file_id\": "
                        + "\"{fileId}\" }"));
            if (options.Write != WriteMode.Append) problems.Add(new($"{path}.onChange", "replace works with write: append only"));
        }

        if (options.Write == WriteMode.ReplaceTable && options.SameContent == SameContentPolicy.Skip)
        {
            problems.Add(new($"{path}.sameContent",
                "must be load with write: replaceTable, because content that was loaded earlier may have been replaced since"));
        }

        if (!options.IsStaged || options.Write is WriteMode.Append or WriteMode.ReplaceTable) return;
        var asks = options.WholeFile ? "wholeFile"
            : options.MaxRejected is not null ? "maxRejected"
            : options.MaxRejectedPercent is not null ? "maxRejectedPercent" : "maxRejectedInRow";
        var mode = options.Write == WriteMode.Upsert ? "upsert" : "insertNew";
        problems.Add(new($"{path}.{asks}",
            $"works with write: append or replaceTable only, not with {mode}: its rows are merged batch by batch"));
    }

    static void Count(long? value, string name, List<OptionProblem> problems)
    {
        if (value is < 0 or > Most)
            problems.Add(new(name, string.Create(CultureInfo.InvariantCulture, $"must be from 0 to {Most}, not {value}")));
    }
}
