using System.Text.Json.Serialization;

namespace OrleansIngest.Monitor.Api;

/// <summary>An error as defined by RFC 9457.</summary>
/// <param name="Type">The kind of error.</param>
/// <param name="Title">The kind, human-readable.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">This case, human-readable.</param>
public sealed record Problem(string Type, string Title, int Status, string Detail)
{
    /// <summary>Errors by parameter.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }
}
