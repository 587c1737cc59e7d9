namespace OrleansIngest.Monitor.Security;

/// <summary>What a caller may do.</summary>
enum Role
{
    /// <summary>Showed no token.</summary>
    Anonymous,

    /// <summary>May look.</summary>
    Viewer,

    /// <summary>May look and act.</summary>
    Operator,
}
