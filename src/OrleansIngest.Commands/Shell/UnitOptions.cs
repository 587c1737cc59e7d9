using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Shell;

/// <summary>Options whose values have units or bounds.</summary>
public static class UnitOptions
{
    /// <summary>A duration such as <c>5s</c>.</summary>
    public static Option<TimeSpan> Duration(string name, string description, TimeSpan standard) => new(name)
    {
        Description = $"{description}. Default: {DurationText.Format(standard)}",
        HelpName = "TIME",
        DefaultValueFactory = _ => standard,
        CustomParser = result => Parse(result, DurationText.Expected, DurationText.TryParse(Token(result), out var value), value),
    };

    /// <summary>A duration that may be left out.</summary>
    public static Option<TimeSpan?> Duration(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result => Parse(result, DurationText.Expected, DurationText.TryParse(Token(result), out var value),
            (TimeSpan?)value),
    };

    /// <summary>A whole number between two bounds, both included; <c>1_000_000</c> and <c>1,000,000</c> are fine.</summary>
    public static Option<long> Count(string name, string description, long standard, long minimum, long maximum) => new(name)
    {
        Description = string.Create(CultureInfo.InvariantCulture, $"{description}. Default: {standard}"),
        HelpName = "N",
        DefaultValueFactory = _ => standard,
        CustomParser = result =>
        {
            var text = Token(result).Replace("_", "", StringComparison.Ordinal);
            var known = long.TryParse(text, NumberStyles.AllowThousands | NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture, out var value);
            var expected = string.Create(CultureInfo.InvariantCulture, $"a whole number from {minimum} to {maximum}");
            return Parse(result, expected, known && value >= minimum && value <= maximum, value);
        },
    };

    /// <summary>A share from 0 to 1; <c>1%</c> is fine.</summary>
    public static Option<double> Share(string name, string description, double standard, string except = "") => new(name)
    {
        Description = string.Create(CultureInfo.InvariantCulture, $"{description}. Default: {standard}{except}"),
        HelpName = "SHARE",
        DefaultValueFactory = _ => standard,
        CustomParser = result =>
        {
            var text = Token(result);
            var percent = text.EndsWith('%');
            var known = double.TryParse(text.TrimEnd('%'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
                out var value);
            value = percent ? value / 100 : value;
            return Parse(result, "a share from 0 to 1, such as 0.01 or 1%", known && value is >= 0 and <= 1, value);
        },
    };

    static string Token(ArgumentResult result) => result.Tokens.Count == 1 ? result.Tokens[0].Value : "";

    static T? Parse<T>(ArgumentResult result, string expected, bool known, T value)
    {
        if (known)
            return value;
        result.AddError($"{(result.Parent as OptionResult)?.IdentifierToken?.Value} must be {expected}, not '{Token(result)}'");
        return default;
    }
}
