using System.Text.RegularExpressions;

namespace OrleansIngest.Engine.Pipelines.Metadata;

/// <summary>A part of a template.</summary>
/// <param name="Variable">What it stands for.</param>
/// <param name="Text">The text of a literal, or a group's name; else empty.</param>
/// <param name="Pattern">Takes a piece of the variable's text: its first group, or all that matches; null for the whole.</param>
public sealed record MetadataPart(MetadataVariable Variable, string Text = "", Regex? Pattern = null)
{
    /// <summary>Whether it differs from record to record.</summary>
    public bool IsOfRecord => Variable >= MetadataVariable.Line;
}
