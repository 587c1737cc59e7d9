using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Monitor.Api;

/// <summary>Turns failures of endpoints into problem+json without secrets.</summary>
sealed partial class ApiProblems(RequestDelegate next, ILogger<ApiProblems> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception failure) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            await WriteAsync(context, failure);
            return;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return; // the client has gone
        }

        if (context.Response.HasStarted || !context.Request.Path.StartsWithSegments("/api")) return;
        var method = context.Request.Method;
        if (context.Response.StatusCode == StatusCodes.Status404NotFound)
            await ProblemAnswer.WriteAsync(context, 404, "not-found", "Not found",
                $"{context.Request.Path} does not exist. /openapi/v1.json lists all routes.");
        else if (context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed)
            await ProblemAnswer.WriteAsync(context, 405, "method-not-allowed", "Method not allowed",
                $"{context.Request.Path} does not support {method}.");
        else if (context.Response.StatusCode == StatusCodes.Status415UnsupportedMediaType)
            await ProblemAnswer.WriteAsync(context, 415, "bad-request", "Bad request",
                "The body must be JSON: Content-Type: application/json.");
    }

    async Task WriteAsync(HttpContext context, Exception failure)
    {
        switch (failure)
        {
            case BadParametersException bad:
                await ProblemAnswer.WriteBadAsync(context, bad.Errors);
                break;
            case BadCursorException cursor:
                await ProblemAnswer.WriteBadAsync(context, new Dictionary<string, string[]> { ["after"] = [cursor.Message] });
                break;
            case BadHttpRequestException bad:
                await ProblemAnswer.WriteAsync(context, bad.StatusCode, "bad-request", "Bad request", bad.Message);
                break;
            case PostgresException { SqlState: PostgresErrorCodes.QueryCanceled }:
            case NpgsqlException { InnerException: TimeoutException }:
                context.Response.Headers.RetryAfter = "10";
                await ProblemAnswer.WriteAsync(context, 503, "too-slow", "The database took too long",
                    "Narrow the request: a pipeline, a status, a shorter time range.");
                break;
            case PostgresException
            {
                SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn
                or PostgresErrorCodes.InvalidSchemaName
            } missing:
                LogFailure(context.Request.Path.ToUriComponent(), missing);
                await ProblemAnswer.WriteAsync(context, 503, "no-ledger", "The ledger lacks tables or columns",
                    "Run `ingest migrate` on this database.");
                break;
            case PostgresException
            {
                SqlState: PostgresErrorCodes.InsufficientPrivilege
                or PostgresErrorCodes.ReadOnlySqlTransaction
            } refused:
                await ProblemAnswer.WriteAsync(context, 403, "no-right", "The database refused the operation",
                    $"The message of PostgreSQL: {refused.MessageText}.");
                break;
            case PostgresException server when !IsAway(server):
                LogFailure(context.Request.Path.ToUriComponent(), server);
                await ProblemAnswer.WriteAsync(context, 500, "defect", "Internal error",
                    "The database refused a query. The log of the program has the details. Please report it.");
                break;
            case NpgsqlException or TimeoutException or IOException or System.Net.Sockets.SocketException:
                LogAway(context.Request.Path.ToUriComponent(), failure.Message);
                context.Response.Headers.RetryAfter = "2";
                await ProblemAnswer.WriteAsync(context, 503, "database-away", "The database is not responding",
                    "Loading resumes automatically when the database answers. Try again shortly.");
                break;
            default:
                LogFailure(context.Request.Path.ToUriComponent(), failure);
                await ProblemAnswer.WriteAsync(context, 500, "defect", "Internal error",
                    "The log of the program has the details. Please report it.");
                break;
        }
    }

    /// <summary>Connections (08), resources (53), a server that stops or starts (57), its disk (58).</summary>
    static bool IsAway(PostgresException server) => server.SqlState[..2] is "08" or "53" or "57" or "58";

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Path} cannot be answered while the database is unavailable: {Reason}")]
    partial void LogAway(string path, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path} failed")]
    partial void LogFailure(string path, Exception failure);
}
