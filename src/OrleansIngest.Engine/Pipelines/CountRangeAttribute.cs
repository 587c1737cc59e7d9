namespace OrleansIngest.Engine.Pipelines;

/// <summary>The inclusive range of a whole-number option.</summary>
/// <param name="minimum">The smallest allowed value.</param>
/// <param name="maximum">The largest allowed value.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class CountRangeAttribute(long minimum, long maximum) : Attribute
{
    /// <summary>The smallest allowed value.</summary>
    public long Minimum { get; } = minimum;

    /// <summary>The largest allowed value.</summary>
    public long Maximum { get; } = maximum;

    /// <summary>Whether the number counts bytes, and so may be written as <c>8MiB</c>. Default: false.</summary>
    public bool Bytes { get; init; }
}
