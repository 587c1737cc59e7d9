using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OrleansIngest.Engine.Examination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Monitor.Security;

namespace OrleansIngest.Monitor.Api;

/// <summary>Files in their present state: columns, diagnosis, first lines.</summary>
static class ExaminationEndpoints
{
    const string Tag = "Files";

    /// <summary>A reject shows a record that is wrong. The beginning of a file shows records that may be anything.</summary>
    static readonly Access HeadAccess = new(Role.Operator,
        "The first lines of a file may contain anything, so they require the operator's token.");

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/files/{id:long}/examination", ExamineAsync).Describe("examination", Tag,
            "Compares a file with its table: which field fills which column. "
            + "For a quarantined or failed file also the problem and its fixes.")
            .Produces<FileExamination>();
        api.MapGet("/files/{id:long}/head", HeadAsync).Describe("fileHead", Tag,
            "The first lines of a file, decoded as its pipeline decodes it: at most 20 lines of 64 KiB. Requires the "
                + "operator's token.")
            .Produces<FileHead>().WithMetadata(HeadAccess);
        api.MapPost("/files/{id:long}/remedy", ApplyAsync).Describe("applyRemedy", "Operators",
            "Sets the options of a remedy that the examination proposes, in the database or in the configuration file, "
            + "and retries the file once every silo has applied them.")
            .Accepts<RemedyRequest>("application/json").Produces<FileRow>();
    }

    static async Task<IResult> ExamineAsync(
        long id, HttpRequest request, FileExaminer examiner, CancellationToken cancellationToken)
    {
        new ApiQuery(request).Check();
        return await WithinAsync(async () => Found(id, await examiner.ExamineAsync(new FileId(id), cancellationToken)));
    }

    static Task<IResult> HeadAsync(long id, HttpContext context, FileExaminer examiner)
    {
        new ApiQuery(context.Request).Check();
        return WithinAsync(async () => Found(id, await examiner.HeadAsync(new FileId(id), context.RequestAborted)));
    }

    static async Task<IResult> ApplyAsync(long id, HttpContext context, RemedyApplication application, FileViews files)
    {
        new ApiQuery(context.Request).Check();
        var words = await RequestBody.ReadAsync(context.Request, ApiJson.Default.RemedyRequest);
        if (words?.Options is not { Count: > 0 } options)
            throw new BadHttpRequestException("The body must contain the options of a remedy of the examination.");
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
            return new ProblemResult(StatusCodes.Status503ServiceUnavailable, "source-away",
                "The file cannot be read at the moment",
                "The file system is not responding, or other files are being read. Try again shortly.");
        }
    }
}
