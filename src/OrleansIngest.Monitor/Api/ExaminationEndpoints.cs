using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OrleansIngest.Engine.Examination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Monitor.Security;

namespace OrleansIngest.Monitor.Api;

/// <summary>Files as they are now: their columns, what is wrong with them, their first lines.</summary>
static class ExaminationEndpoints
{
    const string Tag = "Files";

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/files/{id:long}/examination", ExamineAsync).Describe("examination", Tag,
            "A file as it is now against its table: which field fills which column; "
            + "of a quarantined or failed file, what is wrong and what would mend it.")
            .Produces<FileExamination>();
        api.MapGet("/files/{id:long}/head", HeadAsync).Describe("fileHead", Tag,
            "The first lines of a file, decoded as its pipeline decodes it: at most 20 lines of 64 KiB. The operator's token is needed.")
            .Produces<FileHead>();
        api.MapPost("/files/{id:long}/remedy", ApplyAsync).Describe("applyRemedy", "Operators",
            "Sets the options of a remedy that the examination proposes, in a pipeline that is kept in the database, "
            + "and retries the file once every silo runs them.")
            .Accepts<RemedyRequest>("application/json").Produces<FileRow>();
    }

    static async Task<IResult> ExamineAsync(
        long id, HttpRequest request, FileExaminer examiner, CancellationToken cancellationToken)
    {
        new ApiQuery(request).Check();
        return await WithinAsync(async () => Found(id, await examiner.ExamineAsync(new FileId(id), cancellationToken)));
    }

    /// <summary>A reject shows a record that is wrong. The beginning of a file shows records that may be anything, so it takes
    /// more than the right to look.</summary>
    static async Task<IResult> HeadAsync(long id, HttpContext context, FileExaminer examiner)
    {
        new ApiQuery(context.Request).Check();
        var caller = Caller.Of(context);
        if (!caller.CanAct)
        {
            var status = caller.Role == Role.Viewer ? StatusCodes.Status403Forbidden : StatusCodes.Status401Unauthorized;
            if (status == StatusCodes.Status401Unauthorized) context.Response.Headers.WWWAuthenticate = "Bearer";
            return new ProblemResult(
                status, "operator-needed", "The operator's token is needed",
                "The lines of a file may hold anything; to see them takes the operator's token.");
        }

        return await WithinAsync(async () => Found(id, await examiner.HeadAsync(new FileId(id), context.RequestAborted)));
    }

    static async Task<IResult> ApplyAsync(long id, HttpContext context, RemedyApplication application, FileViews files)
    {
        new ApiQuery(context.Request).Check();
        var words = await RequestBody.ReadAsync(context.Request, ApiJson.Default.RemedyRequest);
        if (words?.Options is not { Count: > 0 } options)
            throw new BadHttpRequestException("The body must have options: those of a remedy of the examination.");
        var act = new OperatorAct(OperatorEndpoints.Who(context), OperatorEndpoints.Reason(words.Reason));
        return await WithinAsync(async () =>
        {
            var result = await application.ApplyAsync(new FileId(id), options, act, context.RequestAborted);
            if (result.Outcome == VerbOutcome.Unknown) return FileEndpoints.NoSuchFile(id);
            if (result.Outcome == VerbOutcome.Refused)
                return ProblemResult.NotNow(result.Message);
            return Found(id, await files.FindAsync(new FileId(id), context.RequestAborted));
        });
    }

    static IResult Found<T>(long id, T? found)
        where T : class => found is null ? FileEndpoints.NoSuchFile(id) : Results.Ok(found);

    static async Task<IResult> WithinAsync(Func<Task<IResult>> answer)
    {
        try
        {
            return await answer();
        }
        catch (TimeoutException failure) when (failure.InnerException is null)
        {
            return new ProblemResult(StatusCodes.Status503ServiceUnavailable, "source-away", "The file cannot be read now",
                "The file system does not answer, or other files are being read. Try again shortly.");
        }
    }
}
