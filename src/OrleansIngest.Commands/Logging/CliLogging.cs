using Microsoft.Extensions.Logging;
using OrleansIngest.Engine.Diagnostics;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace OrleansIngest.Commands.Logging;

/// <summary>Builds the program's log.</summary>
public static class CliLogging
{
    const long FileSizeLimitBytes = 50 << 20;
    const int KeptFiles = 10;

    /// <summary>The category of the start report.</summary>
    public const string StartSource = "OrleansIngest.Start";

    /// <summary>The log: readable lines or JSON lines on <paramref name="error"/>, JSON lines in a rotating file when asked. A
    /// scope's or message's properties <c>Pipeline</c>, <c>File</c> and <c>Node</c> are shown with each line.</summary>
    /// <param name="settings">What, and where to.</param>
    /// <param name="error">Standard error.</param>
    public static Logger Create(LogSettings settings, TextWriter error)
    {
        var json = new MaskingFormatter(new RenderedCompactJsonFormatter(), settings.Mask);
        var lines = new WriterSink(error,
            settings.Readable ? new MaskingFormatter(new ReadableFormatter(), settings.Mask) : json);
        var configuration = new LoggerConfiguration()
            .MinimumLevel.Is(settings.Level)
            // Libraries log events that our own lines already report.
            .MinimumLevel.Override("Microsoft", Quieter(settings.Level))
            .MinimumLevel.Override("System", Quieter(settings.Level))
            // Its warnings are stack traces of every connection to a lost silo, and advice about choices made here on purpose.
            .MinimumLevel.Override("Orleans", settings.Level <= LogEventLevel.Debug ? settings.Level : LogEventLevel.Error)
            .MinimumLevel.Override("Orleans.Runtime.GrainCallCancellationManager", LogEventLevel.Fatal)
            .MinimumLevel.Override("Polly", settings.Level <= LogEventLevel.Debug ? settings.Level : LogEventLevel.Error)
            // a stack trace for what our log says in a sentence
            .MinimumLevel.Override("Npgsql", settings.Level <= LogEventLevel.Debug ? settings.Level : LogEventLevel.Fatal)
            // The
            // start report is written at any level, because scripts wait for it.
            .MinimumLevel.Override(StartSource,
                settings.Level < LogEventLevel.Information ? settings.Level : LogEventLevel.Information)
            .Enrich.FromLogContext()
            .Enrich.With(new SecretProperties())
            .WriteTo.Conditional(line => !settings.HidesFailedFiles || !IsFailedFile(line), to => to.Sink(lines));
        if (settings.File is { } file)
        {
            configuration.WriteTo.File(
                json, file, fileSizeLimitBytes: FileSizeLimitBytes, rollOnFileSizeLimit: true, retainedFileCountLimit: KeptFiles);
        }

        return configuration.CreateLogger();
    }

    /// <summary>Makes a host write to this log, and to nothing else.</summary>
    public static ILoggingBuilder UseOnly(this ILoggingBuilder builder, Serilog.ILogger log)
    {
        builder.ClearProviders();
        builder.SetMinimumLevel(LogLevel.Trace); // the log itself decides
        return builder.AddSerilog(log);
    }

    /// <summary>Whether the line reports that a file failed or was quarantined.</summary>
    static bool IsFailedFile(LogEvent line) => line.Properties.GetValueOrDefault("EventId") is StructureValue id
        && id.Properties.FirstOrDefault(part => part.Name == "Id")?.Value is ScalarValue number
        && number.Value is LogEvents.FileFailed or LogEvents.FileQuarantined;

    static LogEventLevel Quieter(LogEventLevel level) =>
        level <= LogEventLevel.Debug ? level : (LogEventLevel)Math.Max((int)level, (int)LogEventLevel.Warning);
}
