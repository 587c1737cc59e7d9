using System.Globalization;
using System.Text.RegularExpressions;

namespace OrleansIngest.Engine.Inference;

/// <summary>Counts which types the values of one column may have.</summary>
sealed partial class ColumnTally
{
    const double NearlyAll = 0.9;
    const int LongestShown = 40;

    // The narrower type comes first.
    static readonly (ValueShapes Shape, string Type)[] Types =
    [
        (ValueShapes.Integer, "bigint"), (ValueShapes.Number, "numeric"), (ValueShapes.Boolean, "boolean"),
        (ValueShapes.Date, "date"),
        (ValueShapes.Timestamp, "timestamp"), (ValueShapes.Instant, "timestamptz"), (ValueShapes.Uuid, "uuid"),
        (ValueShapes.Json, "jsonb"),
    ];

    readonly long[] _fitting = new long[Types.Length];
    readonly string?[] _firstOther = new string?[Types.Length];
    long _values, _commas, _groups, _points, _wholeNumbers, _dayFirst;

    /// <summary>Counts one value that is not NULL.</summary>
    /// <param name="value">As in the file.</param>
    /// <param name="shapes">The types that it may have.</param>
    public void Add(string value, ValueShapes shapes)
    {
        _values++;
        if (NumberWithComma().Match(value) is { Success: true } number)
        {
            _commas++;
            if (number.Groups["rest"].Length == 3) _groups++; // 1,234 may be more than a thousand
            if (value.Contains('.', StringComparison.Ordinal)) _points++;
        }
        else if (shapes.HasFlag(ValueShapes.Integer)) _wholeNumbers++;
        if (DateOfNumbers().IsMatch(value)) _dayFirst++;
        for (var i = 0; i < Types.Length; i++)
        {
            if (shapes.HasFlag(Types[i].Shape))
                _fitting[i]++;
            else
                _firstOther[i] ??= value.Length <= LongestShown ? value : value[..LongestShown] + "…";
        }
    }

    /// <summary>The narrowest type that all values have; text if there is none, or no value.</summary>
    public string SqlType => Best is var best && _values > 0 && _fitting[best] == _values ? Types[best].Type : "text";

    /// <summary>A note if nearly all values, but not all, have a type, or if all would have one with another option.</summary>
    public string? Note => Written ?? (Best is var best && _fitting[best] < _values && _fitting[best] >= _values * NearlyAll
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"{_fitting[best]:N0} of {_values:N0} values are {Types[best].Type}; the first that is not: '{_firstOther[best]}'")
        : null);

    /// <summary>Numbers and dates as they are written in most of Europe would otherwise become text without a word.</summary>
    string? Written
    {
        get
        {
            if (Setting is "decimal" or "decimalAndThousands")
            {
                return _points > 0
                    ? "the values are numbers with a decimal comma: --decimal , --thousands . makes them numeric"
                    : _groups < _commas ? "the values are numbers with a decimal comma: --decimal , makes them numeric"
                    : "the values are numbers with a comma: --decimal , or --thousands , makes them numeric";
            }

            return Setting is null ? null : "the values are dates with the day first: --date-order dmy makes them dates";
        }
    }

    /// <summary>The option of the dialect that would give all values a narrower type; null for none.</summary>
    public string? Setting =>
        SqlType != "text" || _values == 0 ? null
        : _commas > 0 && _commas + _wholeNumbers == _values ? _points > 0 ? "decimalAndThousands" : "decimal"
        : _dayFirst == _values ? "dateOrder"
        : null;

    int Best
    {
        get
        {
            var best = 0;
            for (var i = 1; i < Types.Length; i++)
            {
                if (_fitting[i] > _fitting[best])
                    best = i;
            }

            return best;
        }
    }

    [GeneratedRegex(@"^[+-]?(\d+|\d{1,3}(\.\d{3})+),(?<rest>\d+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex NumberWithComma();

    [GeneratedRegex(@"^\d{1,2}([./-])\d{1,2}\1\d{4}( \d{1,2}:\d{2}(:\d{2})?)?$")]
    private static partial Regex DateOfNumbers();
}
