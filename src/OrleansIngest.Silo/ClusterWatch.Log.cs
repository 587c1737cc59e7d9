using System.Net;
using Microsoft.Extensions.Logging;

namespace OrleansIngest.Silo;

sealed partial class ClusterWatch
{
    [LoggerMessage(Level = LogLevel.Information,
        Message = "Silo {Silo} at {Endpoint} joined the cluster; active silos: {Active}")]
    partial void LogJoined(string silo, IPEndPoint endpoint, int active);

    [LoggerMessage(Level = LogLevel.Information, Message = "Silo {Silo} at {Endpoint} left the cluster; active silos: {Active}")]
    partial void LogLeft(string silo, IPEndPoint endpoint, int active);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Silo {Silo} at {Endpoint} is lost; active silos: {Active}")]
    partial void LogLost(string silo, IPEndPoint endpoint, int active);
}
