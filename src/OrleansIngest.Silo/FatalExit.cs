using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace OrleansIngest.Silo;

/// <summary>Ends the process with exit code 1 and one sentence when Orleans cannot continue, so that its
/// supervisor starts it again.</summary>
/// <remarks>Orleans itself would abort with pages of stack traces. The usual cause is not a defect: a silo that hung or was cut
/// off comes back and learns that the other silos have declared it dead. They already own the files it was loading, and it can
/// commit nothing of them.</remarks>
sealed partial class FatalExit(ILogger<FatalExit> logger) : IFatalErrorHandler
{
    const int Failed = 1;

    public bool IsUnexpected(Exception exception) => true;

    public void OnFatalException(object? sender = null, string? context = null, Exception? exception = null)
    {
        if (exception is null && sender?.GetType().Namespace == "Orleans.Runtime.MembershipService") LogTakenForDead();
        else LogFailed(context, exception);
        Environment.Exit(Failed);
    }

    [LoggerMessage(Level = LogLevel.Critical,
        Message = "The other silos have declared this silo dead, because it hung or was unreachable. It exits now; nothing "
            + "is lost. Start it again")]
    partial void LogTakenForDead();

    [LoggerMessage(Level = LogLevel.Critical, Message = "The silo cannot continue and exits now: {Context}")]
    partial void LogFailed(string? context, Exception? failure);
}
