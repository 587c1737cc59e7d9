using System.Globalization;

namespace OrleansIngest.Engine.Inference;

/// <summary>Counts which types the values of one column may have.</summary>
sealed class ColumnTally
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
    long _values;

    /// <summary>Counts one value that is not NULL.</summary>
    /// <param name="value">As in the file.</param>
    /// <param name="shapes">The types that it may have.</param>
    public void Add(string value, ValueShapes shapes)
    {
        _values++;
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

    /// <summary>A note if nearly all values, but not all, have a type.</summary>
    public string? Note => Best is var best && _fitting[best] < _values && _fitting[best] >= _values * NearlyAll
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"{_fitting[best]:N0} of {_values:N0} values are {Types[best].Type}; the first that is not: '{_firstOther[best]}'")
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
}
