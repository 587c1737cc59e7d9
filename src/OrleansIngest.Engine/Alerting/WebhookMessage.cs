using System.Text.Json.Serialization;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Engine.Alerting;

/// <summary>The message posted to the webhook.</summary>
/// <param name="Event"><c>fired</c> or <c>resolved</c>.</param>
/// <param name="Text">One line for people; the property that chat programs show.</param>
/// <param name="Alert">As <c>GET /api/v1/alerts</c> shows it.</param>
public sealed record WebhookMessage(string Event, string Text, AlertRow Alert);

/// <summary>Serializes the message.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantJsonConverter)])]
[JsonSerializable(typeof(WebhookMessage))]
sealed partial class WebhookJson : JsonSerializerContext;
