namespace OrleansIngest.Engine.Pipelines;

/// <summary>The inclusive range of a duration, written as in the configuration: <c>500ms</c>, <c>1h</c>.</summary>
/// <param name="minimum">The shortest allowed duration.</param>
/// <param name="maximum">The longest allowed duration.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DurationRangeAttribute(string minimum, string maximum) : Attribute
{
    /// <summary>The shortest allowed duration, as written.</summary>
    public string Minimum { get; } = minimum;

    /// <summary>The longest allowed duration, as written.</summary>
    public string Maximum { get; } = maximum;
}
