using Serilog.Events;
using Serilog.Formatting;

namespace OrleansIngest.Commands.Logging;

/// <summary>Any form of log line, without passwords: the finished text is masked, including properties and exceptions.</summary>
sealed class MaskingFormatter(ITextFormatter inner, SecretMask mask) : ITextFormatter
{
    /// <inheritdoc/>
    public void Format(LogEvent logEvent, TextWriter output)
    {
        using var line = new StringWriter();
        inner.Format(logEvent, line);
        output.Write(mask.Apply(line.ToString()));
    }
}
