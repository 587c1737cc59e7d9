using System.Text.RegularExpressions;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>Requires the text of the value, as in the file, to match a regular expression.</summary>
public sealed class MatchesRule : RowRuleOptions
{
    /// <summary>Matching takes time proportional to the length of the text; this excludes look-arounds and back
    /// references.</summary>
    internal const RegexOptions Kind = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    /// <summary>A .NET regular expression, without look-arounds and back references; it may match anywhere unless it has
    /// <c>^</c> and <c>$</c>. Default: none, required.</summary>
    public string Pattern { get; set; } = "";

    internal override void Validate(string path, List<OptionProblem> problems)
    {
        base.Validate(path, problems);
        if (Pattern.Length == 0)
        {
            problems.Add(new($"{path}.pattern", "must be a regular expression"));
            return;
        }

        try
        {
            _ = new Regex(Pattern, Kind);
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            problems.Add(new($"{path}.pattern",
                $"must be a regular expression without look-arounds and back references: {failure.Message}"));
        }
    }
}
