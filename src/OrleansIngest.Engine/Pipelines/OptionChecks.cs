using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>Validates options against the ranges that their attributes declare.</summary>
static class OptionChecks
{
    public static void Ranges<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] TOptions>(
        TOptions options, string path, List<OptionProblem> problems)
    {
        foreach (var (property, count, duration) in Ranged<TOptions>.Properties)
        {
            var name = $"{path}.{char.ToLowerInvariant(property.Name[0])}{property.Name[1..]}";
            var value = property.GetValue(options);
            if (count is not null && value is not null)
                Count(count, Convert.ToInt64(value, CultureInfo.InvariantCulture), name, problems);
            if (duration is not null && value is TimeSpan time) Duration(duration, time, name, problems);
        }
    }

    sealed record RangedProperty(PropertyInfo Property, CountRangeAttribute? Count, DurationRangeAttribute? Duration);

    /// <summary>The properties of a type that have a range. A command checks the same types twice, and looking for attributes is
    /// slow in a program that is compiled ahead of time.</summary>
    static class Ranged<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] TOptions>
    {
        public static readonly RangedProperty[] Properties =
        [
            .. typeof(TOptions).GetProperties()
                .Select(p => new RangedProperty(
                    p, p.GetCustomAttribute<CountRangeAttribute>(), p.GetCustomAttribute<DurationRangeAttribute>()))
                .Where(p => p.Count is not null || p.Duration is not null),
        ];
    }

    static void Count(CountRangeAttribute range, long value, string name, List<OptionProblem> problems)
    {
        if (value < range.Minimum || value > range.Maximum)
            problems.Add(new(name, $"must be from {Text(range.Minimum)} to {Text(range.Maximum)}, not {Text(value)}"));

        string Text(long number) => range.Bytes ? SizeText.Format(number) : number.ToString(CultureInfo.InvariantCulture);
    }

    static void Duration(DurationRangeAttribute range, TimeSpan value, string name, List<OptionProblem> problems)
    {
        if (value < DurationText.Parse(range.Minimum) || value > DurationText.Parse(range.Maximum))
            problems.Add(new(name, $"must be from {range.Minimum} to {range.Maximum}, not {DurationText.Format(value)}"));
    }
}
