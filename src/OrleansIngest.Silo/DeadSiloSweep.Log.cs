using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace OrleansIngest.Silo;

sealed partial class DeadSiloSweep
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Removed silo {Silo} on {Host} from the cluster: its process is gone")]
    partial void LogStruckOff(SiloAddress silo, string host);
}
