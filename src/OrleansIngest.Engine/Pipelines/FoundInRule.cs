using System.Text.RegularExpressions;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>Requires the value to exist in a column of another table. Checked for each batch just before it commits; unlike a
/// foreign key, it is not enforced afterwards.</summary>
public sealed partial class FoundInRule : RowRuleOptions
{
    /// <summary>The other column: <c>schema.table(column)</c> or <c>table(column)</c>, with names as in SQL. An index on it
    /// makes the check fast. Default: none, required.</summary>
    public string In { get; set; } = "";

    /// <summary>Table and column; null if <see cref="In"/> is invalid.</summary>
    internal (string Table, string Column)? Reference =>
        Form().Match(In) is { Success: true } match ? (match.Groups["table"].Value, match.Groups["column"].Value) : null;

    internal override void Validate(string path, List<OptionProblem> problems)
    {
        base.Validate(path, problems);
        if (Reference is null)
            problems.Add(new($"{path}.in", $"must be schema.table(column) or table(column), not '{In}'"));
    }

    [GeneratedRegex(@"^\s*(?<table>(?:\w+|""(?:[^""]|"""")+"")(?:\.(?:\w+|""(?:[^""]|"""")+""))?)"
        + @"\s*\(\s*(?<column>\w+|""(?:[^""]|"""")+"")\s*\)\s*$")]
    private static partial Regex Form();
}
