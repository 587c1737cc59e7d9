using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Targets.Postgres.Rules;

namespace OrleansIngest.Monitor.Api;

/// <summary>The query of a request, read parameter by parameter. All errors are reported at once.</summary>
sealed class ApiQuery(IQueryCollection given)
{
    public ApiQuery(HttpRequest request)
        : this(request.Query)
    {
    }

    public const int StandardLimit = 50;
    public const int MaximumLimit = 1000;
    const int LongestText = 4096;

    readonly Dictionary<string, List<string>> _errors = new(StringComparer.Ordinal);
    readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>The filter of a body, in the names of a query's parameters.</summary>
    public static ApiQuery Of(IReadOnlyDictionary<string, JsonElement> filter) => new(new QueryCollection(
        filter.Where(p => p.Value.ValueKind != JsonValueKind.Null).ToDictionary(p => p.Key,
            p => new StringValues(p.Value.ToString()))));

    /// <summary>A text; null when it is not given, or empty.</summary>
    public string? Text(string name)
    {
        _known.Add(name);
        var values = given[name];
        if (values.Count > 1) Refuse(name, "is given more than once");
        var value = values.Count > 0 ? values[0] : null;
        if (string.IsNullOrEmpty(value)) return null;
        if (value.Length > LongestText) Refuse(name, $"is longer than {LongestText} characters");
        if (value.Contains('\0', StringComparison.Ordinal))
            Refuse(name, "contains a NUL character, which PostgreSQL cannot store");
        return value;
    }

    /// <summary>A whole number between two bounds, both included.</summary>
    public int Number(string name, int standard, int minimum, int maximum)
    {
        if (Text(name) is not { } text) return standard;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= minimum
            && value <= maximum) return value;
        Refuse(name, $"must be a whole number from {minimum} to {maximum}");
        return standard;
    }

    /// <summary>A key; null when it is not given.</summary>
    public long? Key(string name)
    {
        if (Text(name) is not { } text) return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)) return value;
        Refuse(name, "must be a number");
        return null;
    }

    /// <summary>An instant; null when it is not given.</summary>
    public DateTimeOffset? Instant(string name)
    {
        if (Text(name) is not { } text) return null;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var value)
            && value.Year is > 1 and < 9999) return value;
        Refuse(name, "must be an instant in ISO 8601, such as 2026-01-03T09:00:00Z");
        return null;
    }

    /// <summary>Two instants in their order.</summary>
    public (DateTimeOffset? From, DateTimeOffset? To) Range(string from = "from", string to = "to")
    {
        var (first, last) = (Instant(from), Instant(to));
        if (first >= last) Refuse(to, $"must be later than {from}");
        return (first, last);
    }

    /// <summary>A required instant.</summary>
    public DateTimeOffset Needed(DateTimeOffset? value, string name)
    {
        if (value is null && !_errors.ContainsKey(name))
            Refuse(name, "is required: an instant in ISO 8601, such as 2026-01-03T09:00:00Z");
        return value ?? default;
    }

    /// <summary>One of several words.</summary>
    public T OneOf<T>(string name, T standard, IReadOnlyDictionary<string, T> words)
    {
        if (Text(name) is not { } text) return standard;
        if (words.TryGetValue(text, out var value)) return value;
        Refuse(name, $"must be one of {string.Join(", ", words.Keys)}");
        return standard;
    }

    /// <summary>Some of several words, separated by commas.</summary>
    public IReadOnlyList<string> SomeOf(string name, IReadOnlyList<string> words)
    {
        if (Text(name) is not { } text) return [];
        var given = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Distinct(StringComparer.Ordinal).ToArray();
        if (given.All(words.Contains)) return given;
        Refuse(name, $"must be one or more of {string.Join(", ", words)}");
        return [];
    }

    /// <summary>The size of a page.</summary>
    public int Limit() => Number("limit", StandardLimit, 1, MaximumLimit);

    /// <summary>The cursor of a page.</summary>
    public PageCursor? After()
    {
        if (Text("after") is not { } text) return null;
        if (PageCursor.TryParse(text, out var cursor)) return cursor;
        Refuse("after", "must be the unchanged next of an earlier page");
        return null;
    }

    /// <summary>Adds an error of a parameter.</summary>
    public void Refuse(string name, string why)
    {
        if (!_errors.TryGetValue(name, out var list)) _errors.Add(name, list = []);
        list.Add(why);
    }

    /// <summary>Reports all errors. Call it when every parameter has been read: any other parameter is an error.</summary>
    /// <exception cref="BadParametersException">Something is wrong.</exception>
    public void Check()
    {
        foreach (var name in given.Keys.Where(name => !_known.Contains(name) && name != DatabaseChoice.Parameter))
            Refuse(name, _known.Count == 0 ? "is unknown; this route has no parameters"
                : $"is unknown; the parameters are {string.Join(", ", _known.Order())}");
        if (_errors.Count > 0) throw new BadParametersException(_errors.ToDictionary(e => e.Key, e => e.Value.ToArray()));
    }
}
