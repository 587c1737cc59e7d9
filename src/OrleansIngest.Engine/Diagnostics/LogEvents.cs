namespace OrleansIngest.Engine.Diagnostics;

/// <summary>Numbers of log messages that programs treat specially.</summary>
public static class LogEvents
{
    /// <summary>A file failed, and will be retried.</summary>
    public const int FileFailed = 1102;

    /// <summary>A file was quarantined.</summary>
    public const int FileQuarantined = 1103;
}
