using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Shell;

/// <summary>Options that name a moment: how long ago, or when.</summary>
static class SinceOption
{
    /// <summary>An option that takes <c>90s</c>, <c>2h</c>, <c>7d</c> (a duration before now), or an instant in
    /// ISO 8601 (UTC by default).</summary>
    public static Option<DateTimeOffset?> Create(string name, string description, TimeProvider? time = null) => new(name)
    {
        Description = $"{description}: a duration before now, such as 2h, or an instant, such as 2026-01-03T09:00:00Z",
        HelpName = "WHEN",
        CustomParser = result => Parse(result, time ?? TimeProvider.System),
    };

    static DateTimeOffset? Parse(ArgumentResult result, TimeProvider time)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (DurationText.TryParse(text, out var ago)) return time.GetUtcNow() - ago;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)) return at;
        result.AddError(
            $"{(result.Parent as OptionResult)?.IdentifierToken?.Value} must be a duration before now, such as 2h, or an "
                + $"instant, such as 2026-01-03T09:00:00Z, not '{text}'");
        return null;
    }
}
