using System.Text;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Values;

namespace OrleansIngest.Engine.Inference;

/// <summary>Determines the types that a value may have if the options define how numbers, dates and truth values are
/// written.</summary>
sealed class WrittenShapes(ValueOptions options)
{
    readonly (ValueReading Reading, ValueShapes Shapes)[] _readings = [.. Readings(options)];

    /// <summary>All shapes that fit: those of the text or, for values that the options cover, those of its canonical
    /// text.</summary>
    public ValueShapes Of(string value)
    {
        var shapes = ValueShape.Of(value);
        if (_readings.Length == 0 || value.Length == 0) return shapes;
        var text = Encoding.UTF8.GetBytes(value);
        var canonical = new byte[text.Length + ValueReading.Slack];
        foreach (var (reading, about) in _readings)
        {
            var length = reading.Write(text, canonical);
            shapes &= ~about;
            if (length >= 0) shapes |= ValueShape.Of(Encoding.UTF8.GetString(canonical, 0, length)) & about;
        }

        return shapes;
    }

    static IEnumerable<(ValueReading Reading, ValueShapes Shapes)> Readings(ValueOptions options)
    {
        const ValueShapes Numbers = ValueShapes.Integer | ValueShapes.Number;
        const ValueShapes Dates = ValueShapes.Date | ValueShapes.Timestamp | ValueShapes.Instant;
        if (ValueReadings.For(ValueKind.Number, options) is { } number) yield return (number, Numbers);
        if (ValueReadings.For(ValueKind.Date, options) is { } date) yield return (date, Dates);
        if (ValueReadings.For(ValueKind.Boolean, options) is { } boolean) yield return (boolean, ValueShapes.Boolean);
    }
}
