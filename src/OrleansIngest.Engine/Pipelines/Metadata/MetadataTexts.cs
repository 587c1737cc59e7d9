using System.Text.RegularExpressions;

namespace OrleansIngest.Engine.Pipelines.Metadata;

/// <summary>Fills in the templates of a pipeline for one file, except for variables that differ from record to
/// record.</summary>
static class MetadataTexts
{
    /// <summary>The templates with every variable of the file replaced by its text.</summary>
    /// <param name="templates">Those of all metadata columns, because one may refer to a group of another's expression.</param>
    /// <param name="facts">The file.</param>
    /// <returns>The parts of each template; null (NULL in the table) if a pattern does not match.</returns>
    public static IReadOnlyList<IReadOnlyList<MetadataPart>?> Fill(IReadOnlyList<MetadataTemplate> templates, FileFacts facts)
    {
        var groups = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var part in templates.SelectMany(template => template.Parts).Where(part => part.Pattern is not null))
        {
            var match = part.Pattern!.Match(facts.TextOf(part.Variable));
            foreach (var name in MetadataTemplate.NamesOf(part.Pattern))
                groups[name] = match.Groups[name] is { Success: true } group ? group.Value : null;
        }

        return [.. templates.Select(template => Fill(template, facts, groups))];
    }

    static MetadataPart[]? Fill(MetadataTemplate template, FileFacts facts, Dictionary<string, string?> groups)
    {
        var parts = new MetadataPart[template.Parts.Count];
        for (var i = 0; i < parts.Length; i++)
        {
            var part = template.Parts[i];
            if (part.IsOfRecord || part.Variable == MetadataVariable.Literal)
            {
                parts[i] = part;
                continue;
            }

            if (TextOf(part, facts, groups) is not { } text) return null;
            parts[i] = new MetadataPart(MetadataVariable.Literal, text);
        }

        return parts;
    }

    static string? TextOf(MetadataPart part, FileFacts facts, Dictionary<string, string?> groups)
    {
        if (part.Variable == MetadataVariable.Group) return groups.GetValueOrDefault(part.Text);
        var text = facts.TextOf(part.Variable);
        if (part.Pattern is null) return text;
        var match = part.Pattern.Match(text);
        var piece = match.Groups.Cast<Group>().Skip(1).FirstOrDefault(group => group.Success) ?? match;
        return match.Success ? piece.Value : null;
    }
}
