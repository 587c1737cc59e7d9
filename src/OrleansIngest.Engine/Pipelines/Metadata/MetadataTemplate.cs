using System.Text;
using System.Text.RegularExpressions;

namespace OrleansIngest.Engine.Pipelines.Metadata;

/// <summary>The content of a column filled with metadata, such as <c>{name}</c> or <c>{name:orders-(\d+)}</c>. Doubled braces
/// are literal.</summary>
public sealed class MetadataTemplate
{
    static readonly TimeSpan PatternTimeout = TimeSpan.FromSeconds(1);

    MetadataTemplate(IReadOnlyList<MetadataPart> parts) => Parts = parts;

    /// <summary>Its parts in order; literals are never adjacent.</summary>
    public IReadOnlyList<MetadataPart> Parts { get; }

    /// <summary>Whether its text differs from record to record.</summary>
    public bool IsOfRecord => Parts.Any(part => part.IsOfRecord);

    /// <summary>The variable, if the template consists of one variable without a pattern; otherwise null.</summary>
    public MetadataVariable? Single => Parts is [{ Pattern: null } only] && only.Variable != MetadataVariable.Literal
        ? only.Variable : null;

    /// <summary>The names of the groups of its regular expressions.</summary>
    public IEnumerable<string> Groups => Parts.Where(part => part.Pattern is not null).SelectMany(part => NamesOf(part.Pattern!));

    /// <summary>Reads a template.</summary>
    /// <exception cref="FormatException">The text is invalid; the message says why.</exception>
    public static MetadataTemplate Parse(string text)
    {
        var parts = new List<MetadataPart>();
        var literal = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '{' or '}' && i + 1 < text.Length && text[i + 1] == text[i])
            {
                literal.Append(text[i++]);
            }
            else if (text[i] == '}')
            {
                throw new FormatException(
                    $"has an unmatched }} at character {i + 1}; write }}}} for the character itself");
            }
            else if (text[i] != '{')
            {
                literal.Append(text[i]);
            }
            else
            {
                var end = EndOf(text, i);
                EndLiteral();
                parts.Add(PartOf(text[(i + 1)..end]));
                i = end;
            }
        }

        EndLiteral();
        return new MetadataTemplate(parts);

        void EndLiteral()
        {
            if (literal.Length > 0) parts.Add(new MetadataPart(MetadataVariable.Literal, literal.ToString()));
            literal.Clear();
        }
    }

    /// <summary>The names of a pattern's named groups.</summary>
    internal static IEnumerable<string> NamesOf(Regex pattern) =>
        pattern.GetGroupNames().Where(name => !char.IsAsciiDigit(name[0]));

    /// <summary>The position of the closing brace. The braces of a pattern's repetitions come in pairs.</summary>
    static int EndOf(string text, int start)
    {
        var depth = 0;
        for (var i = start; i < text.Length; i++)
        {
            if (text[i] == '{') depth++;
            else if (text[i] == '}' && --depth == 0) return i;
        }

        throw new FormatException($"has an unmatched {{ at character {start + 1}; write {{{{ for the character itself");
    }

    static MetadataPart PartOf(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? text : text[..colon];
        if (!Enum.TryParse<MetadataVariable>(name, ignoreCase: true, out var variable) || !IsWord(name)
            || variable is MetadataVariable.Literal or MetadataVariable.Group)
        {
            if (colon < 0 && IsWord(name)) return new MetadataPart(MetadataVariable.Group, name);
            throw new FormatException($"has {{{text}}}, which is not a variable; {Known}");
        }

        if (colon < 0) return new MetadataPart(variable);
        if (variable is not (MetadataVariable.Path or MetadataVariable.Name or MetadataVariable.Folder))
            throw new FormatException($"has a pattern for {{{name}}}; only path, name and folder can have one");
        try
        {
            return new MetadataPart(variable, "", new Regex(text[(colon + 1)..], RegexOptions.CultureInvariant, PatternTimeout));
        }
        catch (ArgumentException failure)
        {
            throw new FormatException($"has an invalid regular expression: {failure.Message}");
        }
    }

    const string Known =
        "the variables are path, name, folder, line, record, position, fileId, version, now, and the named groups of regular "
            + "expressions";

    static bool IsWord(string name) => name.Length > 0 && char.IsAsciiLetter(name[0])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
