using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>A check on each row beyond the column types. A row that fails is rejected, with the rule in its reason. NULL
/// passes every rule except <see cref="RequiredRule"/>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "rule")]
[JsonDerivedType(typeof(RequiredRule), "required")]
[JsonDerivedType(typeof(OneOfRule), "oneOf")]
[JsonDerivedType(typeof(RangeRule), "range")]
[JsonDerivedType(typeof(TimeRangeRule), "timeRange")]
[JsonDerivedType(typeof(LengthRule), "length")]
[JsonDerivedType(typeof(MatchesRule), "matches")]
[JsonDerivedType(typeof(FoundInRule), "foundIn")]
public abstract class RowRuleOptions
{
    /// <summary>The table's column that the rule checks. Default: none, required.</summary>
    public string Column { get; set; } = "";

    internal virtual void Validate(string path, List<OptionProblem> problems)
    {
        if (string.IsNullOrWhiteSpace(Column))
            problems.Add(new($"{path}.column", "must name a column of the table"));
    }
}
