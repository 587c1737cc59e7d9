namespace OrleansIngest.Monitor.Security;

/// <summary>The right that an endpoint requires. Without this metadata, GET and HEAD require the right to view, and every other
/// method requires the operator's token.</summary>
/// <param name="Role">The least role: <see cref="Role.Viewer"/> requires a token even where viewing requires none.</param>
/// <param name="Detail">The reason for the requirement, for the refusal. Default: null, the usual text.</param>
sealed record Access(Role Role, string? Detail = null)
{
    /// <summary>For everybody: the endpoint has no data, or decides itself which data a caller gets.</summary>
    public static Access Open { get; } = new(Role.Anonymous);
}
