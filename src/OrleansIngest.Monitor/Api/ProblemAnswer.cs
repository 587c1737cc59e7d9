using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace OrleansIngest.Monitor.Api;

/// <summary>Writes problem+json.</summary>
static class ProblemAnswer
{
    public static Task WriteAsync(HttpContext context, int status, string kind, string title, string detail) =>
        WriteAsync(context, new Problem("urn:orleans-ingest:" + kind, title, status, detail));

    public static Task WriteBadAsync(HttpContext context, IReadOnlyDictionary<string, string[]> errors) =>
        WriteAsync(context, new Problem("urn:orleans-ingest:bad-parameter", "Invalid parameters", 400,
            string.Join("; ", errors.SelectMany(e => e.Value.Select(v => $"{e.Key} {v}"))))
        {
            Errors = errors,
        });

    static async Task WriteAsync(HttpContext context, Problem problem)
    {
        context.Response.StatusCode = problem.Status;
        context.Response.ContentType = "application/problem+json";
        context.Response.Headers.CacheControl = "no-store";
        if (HttpMethods.IsHead(context.Request.Method)) return;
        await JsonSerializer.SerializeAsync(context.Response.Body, problem, ApiJson.Default.Problem, context.RequestAborted);
    }
}
