namespace OrleansIngest.Monitor.Api;

/// <summary>What a browser signs in with.</summary>
/// <param name="Token">The operator's or the viewer's.</param>
public sealed record SignIn(string? Token)
{
    /// <summary>Says nothing of the secret.</summary>
    public override string ToString() => nameof(SignIn);
}
