namespace OrleansIngest.Monitor.Security;

/// <summary>The rights of a caller.</summary>
enum Role
{
    /// <summary>No token.</summary>
    Anonymous,

    /// <summary>May view.</summary>
    Viewer,

    /// <summary>May view and act.</summary>
    Operator,
}
