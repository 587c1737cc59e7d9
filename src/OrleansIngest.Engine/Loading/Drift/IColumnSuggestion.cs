using OrleansIngest.Engine.Formats;

namespace OrleansIngest.Engine.Loading.Drift;

/// <summary>Suggests columns for the fields of an input.</summary>
interface IColumnSuggestion
{
    /// <summary>A name for each field.</summary>
    /// <param name="layout">The layout of the input.</param>
    /// <param name="bound">The column that a field (from 0) already fills; null for none.</param>
    /// <param name="others">Names that are not available.</param>
    IReadOnlyList<string> Names(RecordLayout layout, Func<int, string?> bound, IEnumerable<string> others);

    /// <summary>The SQL type of each field, inferred from its values.</summary>
    /// <param name="input">Read from its start.</param>
    /// <param name="layout">The layout of the input before its fields are bound to columns.</param>
    /// <param name="names">As above.</param>
    IReadOnlyList<string> Types(OpenedInput input, RecordLayout layout, IReadOnlyList<string> names);
}
