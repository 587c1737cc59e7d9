using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace OrleansIngest.Silo;

sealed partial class DeadSiloSweep
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Silo {Silo} on {Host} is gone: nobody listens there any more")]
    partial void LogStruckOff(SiloAddress silo, string host);
}
