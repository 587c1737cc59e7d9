using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;

namespace OrleansIngest.Commands.Logging;

/// <summary>Lines for people: <c>12:00:01.250 warn  File quarantined  [events · orders.csv · host-1]</c>.</summary>
sealed class ReadableFormatter : ITextFormatter
{
    static readonly string[] Places = ["Pipeline", "File", "Node"];

    readonly MessageTemplateTextFormatter _message = new("{Message:lj}", CultureInfo.InvariantCulture); // texts without quotes

    /// <inheritdoc/>
    public void Format(LogEvent logEvent, TextWriter output)
    {
        output.Write(logEvent.Timestamp.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture));
        output.Write(logEvent.Level switch
        {
            LogEventLevel.Verbose => " trace ",
            LogEventLevel.Debug => " debug ",
            LogEventLevel.Information => " info  ",
            LogEventLevel.Warning => " warn  ",
            LogEventLevel.Error => " error ",
            _ => " fatal ",
        });
        using var rendered = new StringWriter(CultureInfo.InvariantCulture);
        _message.Format(logEvent, rendered);
        var message = rendered.ToString();
        output.Write(message);
        WritePlaces(logEvent, message, output);
        output.WriteLine();
        if (logEvent.Exception is not null)
            output.WriteLine(logEvent.Exception);
    }

    static void WritePlaces(LogEvent logEvent, string message, TextWriter output)
    {
        var first = true;
        foreach (var place in Places)
        {
            if (!logEvent.Properties.TryGetValue(place, out var value))
                continue;
            var text = value is ScalarValue { Value: { } scalar } ? Convert.ToString(scalar, CultureInfo.InvariantCulture) ?? ""
                : value.ToString();
            if (text.Length == 0 || message.Contains(text, StringComparison.Ordinal))
                continue;
            output.Write(first ? "  [" : " · ");
            output.Write(text);
            first = false;
        }

        if (!first)
            output.Write(']');
    }
}
