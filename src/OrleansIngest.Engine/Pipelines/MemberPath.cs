using System.Buffers;
using System.Text;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>A path through JSON objects: the subset of JSONPath (RFC 9535) that only names members, such as <c>$.a.b</c> or
/// <c>$['a b'].c</c> (also <c>a.b</c>), with <c>[*]</c> at the end for the elements of an array.</summary>
/// <param name="Steps">The members' names, from the outside in.</param>
/// <param name="IsEach">Whether the path ends in <c>[*]</c>.</param>
sealed record MemberPath(IReadOnlyList<string> Steps, bool IsEach)
{
    /// <summary>The expected form, for messages.</summary>
    public const string Expected = "names of members only, such as $.data.items[*] or $['order lines']";

    static readonly SearchValues<char> Special = SearchValues.Create("]*?@'\"");

    /// <summary>The path of the whole document.</summary>
    public static MemberPath Root { get; } = new([], false);

    /// <summary>Parses a path; null if the text is not one.</summary>
    public static MemberPath? Parse(string text)
    {
        var steps = new List<string>();
        var at = text.StartsWith('$') ? 1 : 0;
        var isEach = false;
        if (at == 0 && text.Length > 0 && text[0] is not ('[' or '.')) text = "." + text;
        while (at < text.Length)
        {
            if (isEach) return null;
            if (text.AsSpan(at) is "[*]")
            {
                isEach = true;
                at += 3;
            }
            else if (text[at] == '.')
            {
                var end = text.AsSpan(at + 1).IndexOfAny('.', '[');
                end = end < 0 ? text.Length : at + 1 + end;
                var name = text[(at + 1)..end];
                if (name.Length == 0 || name.AsSpan().ContainsAny(Special)) return null;
                steps.Add(name);
                at = end;
            }
            else if (Quoted(text, ref at) is { } quoted)
            {
                steps.Add(quoted);
            }
            else
            {
                return null;
            }
        }

        return new MemberPath(steps, isEach);
    }

    static string? Quoted(string text, ref int at)
    {
        if (at + 1 >= text.Length || text[at] != '[' || text[at + 1] is not ('\'' or '"')) return null;
        var quote = text[at + 1];
        var name = new StringBuilder();
        for (var i = at + 2; i + 1 < text.Length; i++)
        {
            if (text[i] == quote)
            {
                if (text[i + 1] != ']') return null;
                at = i + 2;
                return name.ToString();
            }

            if (text[i] == '\\') i++;
            name.Append(text[i]);
        }

        return null;
    }

    /// <summary>The path as text; names are not quoted.</summary>
    public override string ToString() => "$" + string.Concat(Steps.Select(step => $".{step}")) + (IsEach ? "[*]" : "");
}
