namespace OrleansIngest.Engine.Pipelines;

/// <summary>Alerts of the whole cluster, and the destination of all alerts.</summary>
public sealed class AlertingOptions
{
    /// <summary>HTTP or HTTPS URL that receives a POST with JSON when an alert fires or ends; it may contain a secret. Null
    /// for the environment variable INGEST_ALERT_WEBHOOK, if set. Default: null.</summary>
    public string? Webhook { get; set; }

    /// <summary>Timeout of the webhook. 1 s to 1 min. Default: 10s.</summary>
    [DurationRange("1s", "1m")]
    public TimeSpan WebhookTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Alert when the database has been unavailable for this long. 5 s to 1 d. Default: 1m.</summary>
    [DurationRange("5s", "1d")]
    public TimeSpan DatabaseAway { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Alert when a node dies. Default: true.</summary>
    public bool DeadNode { get; set; } = true;

    /// <summary>The URL that receives alerts; null for none.</summary>
    public Uri? Target() =>
        Uri.TryCreate(Webhook ?? Environment.GetEnvironmentVariable("INGEST_ALERT_WEBHOOK"), UriKind.Absolute, out var url)
            && url.Scheme is "http" or "https" ? url : null;

    /// <summary>The problems; empty if the options are valid.</summary>
    /// <param name="path">The path of these options.</param>
    public IReadOnlyList<OptionProblem> Validate(string path)
    {
        var problems = new List<OptionProblem>();
        OptionChecks.Ranges(this, path, problems);
        if (Webhook is not null && !(Uri.TryCreate(Webhook, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
            problems.Add(new($"{path}.webhook", "must be an http or https URL"));
        return problems;
    }
}
