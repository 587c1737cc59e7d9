using System.Text.RegularExpressions;

namespace OrleansIngest.Engine.Pipelines.Metadata;

/// <summary>A part of a template.</summary>
/// <param name="Variable">The variable.</param>
/// <param name="Text">The text of a literal, or the name of a group; otherwise empty.</param>
/// <param name="Pattern">Selects a part of the variable's text: the first group that matches, otherwise the whole match. Null
/// for the whole text.</param>
public sealed record MetadataPart(MetadataVariable Variable, string Text = "", Regex? Pattern = null)
{
    /// <summary>Whether it differs from record to record.</summary>
    public bool IsOfRecord => Variable >= MetadataVariable.Line;
}
