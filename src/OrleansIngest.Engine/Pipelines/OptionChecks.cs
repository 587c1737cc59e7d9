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
        foreach (var property in typeof(TOptions).GetProperties())
        {
            var name = $"{path}.{char.ToLowerInvariant(property.Name[0])}{property.Name[1..]}";
            if (property.GetCustomAttribute<CountRangeAttribute>() is { } count && property.GetValue(options) is { } number)
                Count(count, Convert.ToInt64(number, CultureInfo.InvariantCulture), name, problems);
            if (property.GetCustomAttribute<DurationRangeAttribute>() is { } range
                && property.GetValue(options) is TimeSpan duration)
                Duration(range, duration, name, problems);
        }
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
