using OpenTelemetry.Exporter;

namespace OrleansIngest.Monitor.Telemetry;

/// <summary>Where metrics and traces are pushed to, by the environment variables that OpenTelemetry defines.</summary>
/// <param name="Endpoint"><c>OTEL_EXPORTER_OTLP_ENDPOINT</c>; null: nothing is pushed.</param>
/// <param name="IsHttp">Whether <c>OTEL_EXPORTER_OTLP_PROTOCOL</c> is <c>http/protobuf</c>; otherwise gRPC.</param>
/// <param name="Headers"><c>OTEL_EXPORTER_OTLP_HEADERS</c>, <c>key=value</c> pairs with commas; may hold a secret.</param>
/// <param name="ServiceName"><c>OTEL_SERVICE_NAME</c>.</param>
public sealed record OtlpSettings(Uri? Endpoint, bool IsHttp = false, string? Headers = null,
    string ServiceName = OtlpSettings.StandardServiceName)
{
    const string StandardServiceName = "orleans-ingest";

    /// <summary>As the environment says; an endpoint that is no absolute URL is as good as none.</summary>
    public static OtlpSettings FromEnvironment() => new(
        Uri.TryCreate(Read("ENDPOINT"), UriKind.Absolute, out var endpoint) ? endpoint : null,
        Read("PROTOCOL") == "http/protobuf",
        Read("HEADERS"),
        Environment.GetEnvironmentVariable("OTEL_SERVICE_NAME") is { Length: > 0 } name ? name : StandardServiceName);

    /// <summary>Sets an exporter up.</summary>
    /// <param name="options">Of the exporter.</param>
    /// <param name="signal"><c>metrics</c> or <c>traces</c>: the path below the endpoint, over HTTP.</param>
    public void Apply(OtlpExporterOptions options, string signal)
    {
        options.Protocol = IsHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        options.Endpoint = IsHttp ? new Uri(Endpoint!.ToString().TrimEnd('/') + "/v1/" + signal) : Endpoint!;
        if (Headers is not null) options.Headers = Headers;
    }

    /// <summary>Says nothing of the headers.</summary>
    public override string ToString() => Endpoint is null ? "no OTLP" : $"OTLP to {Endpoint}";

    static string? Read(string name) => Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_" + name) is { Length: > 0 } value
        ? value : null;
}
