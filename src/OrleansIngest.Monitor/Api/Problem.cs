using System.Text.Json.Serialization;

namespace OrleansIngest.Monitor.Api;

/// <summary>What went wrong, as RFC 9457 has it.</summary>
/// <param name="Type">Which kind of problem.</param>
/// <param name="Title">The kind, human-readable.</param>
/// <param name="Status">As the status line.</param>
/// <param name="Detail">This case, human-readable.</param>
public sealed record Problem(string Type, string Title, int Status, string Detail)
{
    /// <summary>What is wrong with which parameter.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }
}
