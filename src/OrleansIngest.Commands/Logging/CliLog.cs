using Microsoft.Extensions.Logging;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace OrleansIngest.Commands.Logging;

/// <summary>The log of one call, by the options of the command line. Keeps the logging library out of the types
/// that every command loads.</summary>
sealed class CliLog : IDisposable
{
    readonly Logger _log;
    readonly SerilogLoggerFactory _factory;

    /// <param name="level">A value of <c>--log-level</c>.</param>
    /// <param name="readable">Whether to write readable lines instead of JSON.</param>
    /// <param name="file">Absolute path, or null.</param>
    /// <param name="mask">Masks secrets.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="hidesFailedFiles">Whether standard error gets no line for a file that failed.</param>
    public CliLog(string level, bool readable, string? file, SecretMask mask, TextWriter error, bool hidesFailedFiles)
    {
        var settings = new LogSettings
        {
            Level = level switch
            {
                "trace" => LogEventLevel.Verbose,
                "debug" => LogEventLevel.Debug,
                "warn" => LogEventLevel.Warning,
                "error" => LogEventLevel.Error,
                _ => LogEventLevel.Information,
            },
            Readable = readable,
            File = file,
            Mask = mask,
            HidesFailedFiles = hidesFailedFiles,
        };
        _log = CliLogging.Create(settings, error);
        _factory = new SerilogLoggerFactory(_log);
    }

    /// <summary>For hosts.</summary>
    public Serilog.ILogger Serilog => _log;

    /// <summary>For classes.</summary>
    public ILoggerFactory Factory => _factory;

    /// <inheritdoc/>
    public void Dispose()
    {
        _factory.Dispose();
        _log.Dispose();
    }
}
