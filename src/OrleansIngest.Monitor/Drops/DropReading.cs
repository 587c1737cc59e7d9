using System.Text.RegularExpressions;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Monitor.Api;

namespace OrleansIngest.Monitor.Drops;

/// <summary>Applies what an operator chose for a file: which field fills which column, and how its values are written.</summary>
static partial class DropReading
{
    const int LongestName = 63, MostNullValues = 100;

    /// <exception cref="BadParametersException">A choice is invalid.</exception>
    public static void Apply(DropRequest request, PipelineOptions options)
    {
        if (request.Columns is { Count: > 0 } columns) options.Columns = Merge(options.Columns, columns);
        if (request.Csv is not { } csv) return;
        if (csv.Delimiter?.Contains('\0', StringComparison.Ordinal) == true)
            throw BadParametersException.Of("csv.delimiter", "must not contain a NUL character");
        if (csv.Delimiter is not null) options.Csv.Delimiter = csv.Delimiter;
        if (csv.HeaderLines is not null) options.Csv.HeaderLines = csv.HeaderLines;
        if (csv.DateOrder is not null) options.Csv.DateOrder = csv.DateOrder;
        // Both together: a comma separates groups or is the decimal sign.
        if ((csv.Decimal ?? csv.Thousands) is not null)
            (options.Csv.Decimal, options.Csv.Thousands) = (csv.Decimal, csv.Thousands);
        if (csv.NullValues is { } nulls)
        {
            if (nulls.Count > MostNullValues || nulls.Any(text => text is null || text.Contains('\0', StringComparison.Ordinal)))
                throw BadParametersException.Of("csv.nullValues", $"must be at most {MostNullValues} texts without NUL");
            options.Csv.NullValues = nulls;
        }

        if (options.Csv.Validate("csv") is [var problem, ..])
            throw BadParametersException.Of(problem.Path, problem.Message);
    }

    static Dictionary<string, string> Merge(
        IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> chosen)
    {
        var merged = before.ToDictionary(StringComparer.Ordinal);
        foreach (var (field, column) in chosen)
        {
            if (!FieldKey().IsMatch(field))
                throw BadParametersException.Of("columns", "must have keys such as #3, which is the third field");
            if (string.IsNullOrEmpty(column) || column.Length > LongestName || column.Contains('\0', StringComparison.Ordinal))
                throw BadParametersException.Of("columns", "must have names of columns as values");
            merged[field] = column;
        }

        return merged;
    }

    [GeneratedRegex(@"^#[1-9][0-9]{0,5}\z")]
    private static partial Regex FieldKey();
}
