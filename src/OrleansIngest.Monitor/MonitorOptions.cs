using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Monitor.Security;

namespace OrleansIngest.Monitor;

/// <summary>Options of the monitor.</summary>
public sealed record MonitorOptions
{
    /// <summary>Npgsql connection string of the ledger; holds a password, and is never shown.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>The name of that database in the configuration. Default: main.</summary>
    public string Database { get; init; } = "main";

    /// <summary>Further databases that can be shown, by their names in the configuration: Npgsql
    /// connection strings. Default: none.</summary>
    public IReadOnlyDictionary<string, string> Databases { get; init; } = new Dictionary<string, string>();

    /// <summary>The node whose process this is, as <c>ingest.node.node</c> has it; for a monitor
    /// alone, a name of its own.</summary>
    public required string Node { get; init; }

    /// <summary>Whether only this machine can reach the pages. Then the Host header has to be this machine's.</summary>
    public required bool IsLoopback { get; init; }

    /// <summary>Whether the pages are served over TLS. Default: false.</summary>
    public bool IsTls { get; init; }

    /// <summary>The tokens for viewing and acting.</summary>
    public AccessTokens Tokens { get; init; } = new(null, null);

    /// <summary>Whether viewing requires no token: on loopback, unless there is a viewer's token.</summary>
    public bool AllowsAnonymousView => IsLoopback && Tokens.Viewer is null;

    /// <summary>Host names of a proxy that are accepted on loopback. Default: none.</summary>
    public IReadOnlySet<string> AllowedHosts { get; init; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Alerts of the whole cluster, and where all alerts are sent. Default: see <see cref="AlertingOptions"/>.</summary>
    public AlertingOptions Alerts { get; init; } = new();

    /// <summary>Uploads and the display of rows. Default: see <see cref="PagesOptions"/>.</summary>
    public PagesOptions Pages { get; init; } = new();

    /// <summary>Where uploads are until they are loaded, absolute. Default: a directory of this user below
    /// the system's temporary one.</summary>
    public string UploadDirectory { get; init; } = Path.Combine(Path.GetTempPath(), $"ingest-uploads-{Environment.UserName}");

    /// <summary>Where metrics and traces are pushed to. Default: as the environment says
    /// (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c>), else nowhere.</summary>
    public Telemetry.OtlpSettings Otlp { get; init; } = Telemetry.OtlpSettings.FromEnvironment();

    /// <summary>Whether Orleans' Dashboard is served below <c>/cluster</c>. Default: false.</summary>
    public bool HasCluster { get; init; }

    /// <summary>Options of the program that may be shown, by name. Default: none.</summary>
    public IReadOnlyDictionary<string, string> Shown { get; init; } = new Dictionary<string, string>();

    /// <summary>Where Prometheus' text is served; null: nowhere. Default: /metrics.</summary>
    public string? MetricsPath { get; init; } = "/metrics";

    /// <summary>Says nothing of the secrets.</summary>
    public override string ToString() => $"monitor of {Node}, {Tokens}";
}
