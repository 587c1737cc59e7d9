using System.Text.RegularExpressions;

namespace OrleansIngest.Commands.Configuration;

/// <summary>Something in a text that cannot be read as the expected type.</summary>
/// <param name="Place">Line and column, from 1.</param>
/// <param name="Steps">The way to the value from the root; empty for the whole text.</param>
/// <param name="Text">What is wrong and what would be right, human-readable, with the path if there is one.</param>
sealed record JsonMistake((int Line, int Column) Place, IReadOnlyList<string> Steps, string Text)
{
    /// <summary>The property that was probably meant by an unknown one. Default: null, none.</summary>
    public string? Meant { get; init; }

    /// <summary>JSON for an element of a list, so that the ones after it keep their places. Default: an object.</summary>
    public string Substitute { get; init; } = "{}";

    /// <summary>Whether a problem of the other values may be due to this mistake only: they were validated without the
    /// value.</summary>
    /// <param name="path">Of the problem.</param>
    /// <param name="message">Of the problem.</param>
    public bool Explains(string path, string message)
    {
        var own = JsonPath.Join(Steps);
        if (JsonPath.IsWithin(path, own) || JsonPath.IsWithin(own, path)) return true;
        if (Steps.Count == 0) return false;
        var around = Steps.Count == 1 ? "" : JsonPath.Join([.. Steps.Take(Steps.Count - 1)]);
        if (around.Length > 0 && !JsonPath.IsWithin(path, around)) return false;
        return Mentions(message, Steps[^1])
            || Meant is not null && (Mentions(message, Meant) || JsonPath.IsWithin(path, $"{around}.{Meant}".TrimStart('.')));
    }

    static bool Mentions(string message, string name) =>
        Regex.IsMatch(message, $@"\b{Regex.Escape(name)}\b", RegexOptions.CultureInvariant);
}
