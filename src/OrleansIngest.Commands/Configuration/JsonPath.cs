namespace OrleansIngest.Commands.Configuration;

/// <summary>The reader's paths, <c>$.pipelines[0].rules[2].minn</c> or <c>$.columns['a b']</c>, as steps
/// and as people write them.</summary>
static class JsonPath
{
    /// <summary>The steps: names as they are, places in a list as <c>[0]</c>.</summary>
    public static List<string> Parse(string path)
    {
        var steps = new List<string>();
        var at = 1; // after the $
        while (at < path.Length)
        {
            int end;
            if (path.AsSpan(at).StartsWith("['"))
            {
                end = path.IndexOf("']", at, StringComparison.Ordinal);
                end = end < 0 ? path.Length : end;
                steps.Add(path[(at + 2)..end]);
                at = Math.Min(end + 2, path.Length);
                continue;
            }

            if (path[at] == '[')
            {
                end = path.IndexOf(']', at) + 1;
                steps.Add(path[at..end]);
            }
            else
            {
                end = path.AsSpan(at + 1).IndexOfAny('.', '[') is var next and >= 0 ? at + 1 + next : path.Length;
                steps.Add(path[(at + 1)..end]);
            }

            at = end;
        }

        return steps;
    }

    /// <summary><c>pipelines[0].rules[2].minn</c>; <c>the whole file</c> for no steps.</summary>
    public static string Join(IReadOnlyList<string> steps) =>
        steps.Count == 0 ? "the whole file" : string.Join('.', steps).Replace(".[", "[", StringComparison.Ordinal);

    /// <summary>Whether a path, as people write it, is another one or leads into it.</summary>
    public static bool IsWithin(string path, string other) =>
        path.StartsWith(other, StringComparison.Ordinal) && (path.Length == other.Length || path[other.Length] is '.' or '[');
}
