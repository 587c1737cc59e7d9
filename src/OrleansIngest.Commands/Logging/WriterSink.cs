using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace OrleansIngest.Commands.Logging;

/// <summary>Writes each line whole, so that lines of several threads do not mix.</summary>
sealed class WriterSink(TextWriter writer, ITextFormatter formatter) : ILogEventSink
{
    readonly Lock _gate = new();

    /// <inheritdoc/>
    public void Emit(LogEvent logEvent)
    {
        using var line = new StringWriter();
        formatter.Format(logEvent, line);
        lock (_gate)
        {
            writer.Write(line.ToString());
            writer.Flush();
        }
    }
}
