using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Targets.Postgres.Rules;

/// <summary>Creates rules from their options, once per plan.</summary>
static class RowRules
{
    /// <summary>The rules of a column.</summary>
    /// <param name="column">The column.</param>
    /// <param name="options">All rules of the pipeline.</param>
    /// <param name="now">The current time, for rules about time.</param>
    /// <exception cref="TargetTableException">A rule does not apply to the column's type.</exception>
    public static IReadOnlyList<RowRule> For(TargetColumn column, IReadOnlyList<RowRuleOptions> options, DateTimeOffset now) =>
        [.. options.Where(o => o.Column == column.Name && o is not FoundInRule).Select(o => Create(column, o, now))];

    static RowRule Create(TargetColumn column, RowRuleOptions options, DateTimeOffset now) => options switch
    {
        RequiredRule => new RequiredValue(),
        OneOfRule oneOf => new OneOf(oneOf.Values),
        LengthRule length => new LengthRange(length.Minimum, length.Maximum),
        MatchesRule matches => new PatternMatch(matches.Pattern),
        RangeRule range when NumberRange.Supports(column.BaseTypeOid) =>
            new NumberRange(column.BaseTypeOid, range.Minimum, range.Maximum),
        TimeRangeRule range when InstantRange.Supports(column.BaseTypeOid) =>
            new InstantRange(column.BaseTypeOid, range.NotBefore, range.NotAfterNow is { } ahead ? now + ahead : null),
        _ => throw new TargetTableException(
            $"The rule {options.GetType().Name} does not apply to column \"{column.Name}\" of type {column.TypeName}; remove it "
                + "from the pipeline's rules."),
    };
}
