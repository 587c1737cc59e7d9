using Serilog.Core;
using Serilog.Events;

namespace OrleansIngest.Commands.Logging;

/// <summary>Masks the values of properties with secret names before a message is formatted: in the finished line they could not
/// be told from words that equal them.</summary>
sealed class SecretProperties : ILogEventEnricher
{
    static readonly ScalarValue Hidden = new(SecretMask.Mask);

    /// <inheritdoc/>
    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        foreach (var (name, value) in logEvent.Properties.Where(p => SecretNames.Contain(p.Key) && IsText(p.Value)).ToArray())
            logEvent.AddOrUpdateProperty(new LogEventProperty(name, Hidden));
    }

    static bool IsText(LogEventPropertyValue value) => value is ScalarValue { Value: string { Length: > 0 } };
}
