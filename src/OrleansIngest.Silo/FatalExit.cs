using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace OrleansIngest.Silo;

/// <summary>Ends the process with exit code 1 and one sentence when Orleans cannot go on in it, for whoever supervises it to start it again.</summary>
/// <remarks>Orleans itself would abort, with pages of stack traces. The usual case is no defect: a silo that hung or was cut off comes back, and hears
/// that the others have taken it for dead. What it had in work is theirs already, and it can commit nothing of it.</remarks>
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

    [LoggerMessage(Level = LogLevel.Critical, Message = "The other silos have taken this one for dead: it hung, or was cut off. It ends, and loses nothing by it; start it again")]
    partial void LogTakenForDead();

    [LoggerMessage(Level = LogLevel.Critical, Message = "The silo cannot go on, and ends: {Context}")]
    partial void LogFailed(string? context, Exception? failure);
}
