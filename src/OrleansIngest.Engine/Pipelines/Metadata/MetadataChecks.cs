namespace OrleansIngest.Engine.Pipelines.Metadata;

/// <summary>Validates the metadata of a pipeline.</summary>
public static class MetadataChecks
{
    /// <summary>Adds the problems to a list.</summary>
    /// <param name="metadata">Column to template.</param>
    /// <param name="path">The path of the metadata in the configuration.</param>
    /// <param name="problems">Receives the problems.</param>
    public static void Check(IReadOnlyDictionary<string, string> metadata, string path, List<OptionProblem> problems)
    {
        var templates = new List<(string Column, MetadataTemplate Template)>();
        foreach (var (column, text) in metadata)
        {
            if (string.IsNullOrWhiteSpace(column)) problems.Add(new(path, "must not have an empty column name"));
            try
            {
                templates.Add((column, MetadataTemplate.Parse(text)));
            }
            catch (FormatException failure)
            {
                problems.Add(new($"{path}.{column}", failure.Message));
            }
        }

        var known = templates.SelectMany(t => t.Template.Groups).ToHashSet(StringComparer.Ordinal);
        foreach (var (column, template) in templates)
        {
            foreach (var part in template.Parts.Where(p => p.Variable == MetadataVariable.Group && !known.Contains(p.Text)))
            {
                problems.Add(new($"{path}.{column}",
                    $"has {{{part.Text}}}, which is neither a variable nor a named group of a regular expression here; "
                    + "the variables are path, name, folder, line, record, position, fileId, version and now"));
            }
        }
    }
}
