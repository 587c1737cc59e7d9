using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Loading.Drift;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Inference;

/// <summary>Suggests columns as <c>load --create</c> does.</summary>
sealed class ColumnSuggestion(CsvOptions csv) : IColumnSuggestion
{
    public IReadOnlyList<string> Names(RecordLayout layout, Func<int, string?> bound, IEnumerable<string> others) =>
        ColumnNames.Choose(layout.Names, layout.FieldCount, keepNames: false, bound, others);

    public IReadOnlyList<string> Types(OpenedInput input, RecordLayout layout, IReadOnlyList<string> names) =>
        TableInference.TypesOf(input, layout, csv, names, NewTable.SampledRecords);
}
