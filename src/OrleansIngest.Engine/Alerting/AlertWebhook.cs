using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Engine.Alerting;

/// <summary>Posts alerts as JSON. Reports every failure as a negative answer, never as an exception.</summary>
public sealed class AlertWebhook(Uri target, TimeSpan timeout, ILogger logger) : IDisposable
{
    // No redirects: alerts are for the configured receiver only.
    readonly HttpClient _http = new(new SocketsHttpHandler
    { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    { Timeout = timeout };

    /// <summary>Sends one message.</summary>
    /// <returns>Whether it was answered with 2xx.</returns>
    public async Task<bool> SendAsync(AlertRow alert, bool isEnd, CancellationToken cancellationToken)
    {
        var message = new WebhookMessage(isEnd ? "resolved" : "fired",
            $"{(isEnd ? "resolved" : alert.Severity)}: {alert.Message}", alert);
        try
        {
            using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(message,
                WebhookJson.Default.WebhookMessage));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var answer = await _http.PostAsync(target, content, cancellationToken);
            if (answer.IsSuccessStatusCode) return true;
            EngineLog.WebhookFailed(logger, target.Host, alert.Rule,
                ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException
            && !cancellationToken.IsCancellationRequested)
        {
            EngineLog.WebhookFailed(logger, target.Host, alert.Rule, failure.Message);
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
