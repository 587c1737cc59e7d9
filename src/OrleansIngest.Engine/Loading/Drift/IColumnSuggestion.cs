using OrleansIngest.Engine.Formats;

namespace OrleansIngest.Engine.Loading.Drift;

/// <summary>Suggests columns for the fields of an input.</summary>
interface IColumnSuggestion
{
    /// <summary>A name for each field.</summary>
    /// <param name="layout">Of the input.</param>
    /// <param name="bound">The column that a field (from 0) fills already; null for none.</param>
    /// <param name="others">Names that are not available.</param>
    IReadOnlyList<string> Names(RecordLayout layout, Func<int, string?> bound, IEnumerable<string> others);

    /// <summary>The type of each field, as SQL has it, by its values.</summary>
    /// <param name="input">Read from its start.</param>
    /// <param name="layout">Of the input, before it is known which columns take its fields.</param>
    /// <param name="names">As above.</param>
    IReadOnlyList<string> Types(OpenedInput input, RecordLayout layout, IReadOnlyList<string> names);
}
