using System.Text.RegularExpressions;

namespace OrleansIngest.Commands.Tests.Recipes;

/// <summary>A section of <c>docs/recipes.md</c> with the blocks of code in it, in their order.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Blocks">Language, file (or empty) and text of each.</param>
sealed partial record Recipe(string Title, IReadOnlyList<(string Language, string File, string Text)> Blocks)
{
    public static IReadOnlyList<Recipe> ReadAll(string path) =>
        [.. Headings().Split(File.ReadAllText(path)).Skip(1).Select(section => new Recipe(
            section[..section.IndexOf('\n', StringComparison.Ordinal)],
            [.. CodeBlocks().Matches(section)
                .Select(m => (m.Groups["language"].Value, m.Groups["file"].Value, m.Groups["text"].Value))]))];

    [GeneratedRegex("^## ", RegexOptions.Multiline)]
    private static partial Regex Headings();

    [GeneratedRegex("^```(?<language>\\w+) ?(?<file>[^\n]*)\n(?<text>.*?)^```$",
        RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlocks();
}
