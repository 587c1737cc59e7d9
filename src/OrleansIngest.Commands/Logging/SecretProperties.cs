using Serilog.Core;
using Serilog.Events;

namespace OrleansIngest.Commands.Logging;

/// <summary>Hides the values of properties whose names say that they are secret, before a message is made of them: in the finished line nobody could tell them
/// from words that equal them.</summary>
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
