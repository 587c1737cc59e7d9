using System.Text.Json.Serialization;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Examination;

/// <summary>The fields of a file and the columns of its table, side by side.</summary>
/// <param name="Table">Schema and name; null when the pipeline has none for this file.</param>
/// <param name="IsThere">Whether the table exists.</param>
/// <param name="HasHeader">Whether the names of the fields are known: from the file, or from its rejects.</param>
/// <param name="Pairs">Columns in the table's order, then the fields without one in the file's order.</param>
public sealed record FileColumns(string? Table, bool IsThere, bool HasHeader, IReadOnlyList<ColumnPair> Pairs);

/// <summary>A column, a field, or both.</summary>
/// <param name="Field">Position of the field in the file, from 1; null for none, or when it is not known.</param>
/// <param name="Name">The field's name, invisible characters written out; null for none.</param>
/// <param name="Column">The column; null for none.</param>
/// <param name="Type">The column's type; null for no column.</param>
/// <param name="State">How they are loaded.</param>
/// <param name="Near">The column that a field without one probably means; null for none.</param>
public sealed record ColumnPair(int? Field, string? Name, string? Column, string? Type, ColumnState State, string? Near = null);

/// <summary>How a field and a column are loaded.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<ColumnState>))]
public enum ColumnState
{
    /// <summary>The field fills the column.</summary>
    Filled,

    /// <summary>The field has no column and is not loaded.</summary>
    LeftOut,

    /// <summary>The field has no column and is kept in the pipeline's <c>rescueColumn</c>.</summary>
    Rescued,

    /// <summary>The field has no column of its own; an expression of the pipeline uses it.</summary>
    Used,

    /// <summary>The column has no field and stays NULL.</summary>
    Null,

    /// <summary>The column has no field and takes its default.</summary>
    Default,

    /// <summary>The column has no field, needs a value, and has no default.</summary>
    Missing,

    /// <summary>PostgreSQL generates the column.</summary>
    Generated,

    /// <summary>The pipeline fills the column, with <c>metadata</c>, <c>compute</c> or rescued fields.</summary>
    ByPipeline,
}
