using System.Net;
using Microsoft.Extensions.Logging;
using OrleansIngest.Commands.Configuration;
using OrleansIngest.Commands.Databases;
using OrleansIngest.Commands.Logging;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Silo;

namespace OrleansIngest.Cli.Hosting;

/// <summary>The start report of a long-running program: lines on a terminal, otherwise entries of the log,
/// which is JSON there.</summary>
sealed partial class StartReport(CliContext context)
{
    readonly ILogger _logger = context.Loggers.CreateLogger(CliLogging.StartSource);

    bool IsRead => context.Surroundings.ErrorIsTerminal;

    /// <summary>The watched directories.</summary>
    public void Watching(PipelineOptions pipeline)
    {
        var watch = string.Join(", ", pipeline.Watch);
        if (IsRead) context.Error.WriteLine($"watching {watch} → {pipeline.Table} (pipeline {pipeline.Name})");
        else LogWatching(watch, pipeline.Table, pipeline.Name);
    }

    /// <summary>Where other silos reach this one.</summary>
    public void Silo(SiloEndpoint endpoint)
    {
        if (IsRead) context.Error.WriteLine($"silo     {endpoint}");
        else LogSilo(endpoint.ToString());
    }

    /// <summary>Which database.</summary>
    public void Database(OpenDatabase database)
    {
        if (IsRead) context.Error.WriteLine($"database {database.Name}");
        else LogDatabase(database.Name);
    }

    /// <summary>A database beside the main one; it may be unavailable.</summary>
    public void Database(string name, DatabaseSettings settings)
    {
        if (IsRead) context.Error.WriteLine($"database {name}: {settings}");
        else LogDatabase($"{name}: {settings}");
    }

    /// <summary>Where the pages are. On a terminal the link contains a generated token; a log contains no secret.</summary>
    public void Pages(PagesConfiguration pages, IPEndPoint bound)
    {
        var reachable = new IPEndPoint(AdvertisedAddress.Reachable(bound.Address), bound.Port);
        if (IsRead) context.Error.WriteLine($"pages    {pages.Link(reachable)}");
        else if (pages.TokenIsMade) LogPagesWithToken(pages.Address(reachable), TokenFile.PathIn(context));
        else LogPages(pages.Address(reachable));
    }

    /// <summary>That the program is stopping.</summary>
    public void Stopping()
    {
        if (IsRead) context.Error.WriteLine("stopping; press Ctrl-C again to exit immediately");
        else LogStopping();
    }

    // The same prefixes as on a terminal, for searches.
    [LoggerMessage(Level = LogLevel.Information, Message = "watching {Watch:l} → {Table:l} (pipeline {Pipeline:l})")]
    partial void LogWatching(string watch, string table, string pipeline);

    [LoggerMessage(Level = LogLevel.Information, Message = "silo     {Silo:l}")]
    partial void LogSilo(string silo);

    [LoggerMessage(Level = LogLevel.Information, Message = "database {Database:l}")]
    partial void LogDatabase(string database);

    [LoggerMessage(Level = LogLevel.Information, Message = "pages    {Pages:l}")]
    partial void LogPages(string pages);

    [LoggerMessage(Level = LogLevel.Information, Message = "pages    {Pages:l} (the operator's token is in {KeptIn:l})")]
    partial void LogPagesWithToken(string pages, string keptIn);

    [LoggerMessage(Level = LogLevel.Information, Message = "stopping")]
    partial void LogStopping();
}
