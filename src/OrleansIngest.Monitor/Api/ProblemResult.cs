using Microsoft.AspNetCore.Http;

namespace OrleansIngest.Monitor.Api;

/// <summary>A problem as the answer of an endpoint.</summary>
sealed class ProblemResult(int status, string kind, string title, string detail) : IResult
{
    public static ProblemResult NotFound(string detail) => new(StatusCodes.Status404NotFound, "not-found", "Not found", detail);

    /// <summary>The request is valid but conflicts with the present state.</summary>
    public static ProblemResult NotNow(string detail) =>
        new(StatusCodes.Status409Conflict, "not-now", "Not possible in the current state", detail);

    public Task ExecuteAsync(HttpContext httpContext) => ProblemAnswer.WriteAsync(httpContext, status, kind, title, detail);
}
