using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Monitor.Api;

/// <summary>Actions of operators on pipelines and files.</summary>
static class OperatorEndpoints
{
    const string Tag = "Operators";
    const int LongestReason = 1000;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/pipelines/{name}/pause",
            (string name, HttpContext context, OperatorLedger ledger, PipelineViews pipelines) =>
            PipelineAsync(name, context, ledger.PauseAsync, pipelines)).Takes("pause",
                "Pauses a pipeline: files in progress are finished, no more files are claimed. Refused for pipelines that only "
                    + "`ingest load` uses.").Produces<PipelineSummary>();
        api.MapPost("/pipelines/{name}/resume",
            (string name, HttpContext context, OperatorLedger ledger, PipelineViews pipelines) =>
            PipelineAsync(name, context, ledger.ResumeAsync, pipelines)).Takes("resume",
                "Resumes a paused pipeline.").Produces<PipelineSummary>();
        api.MapDelete("/pipelines/{name}", RemoveAsync).Takes("removePipeline",
            "Removes a pipeline that is not running from the ledger, with its files, batches and sums. Rows in the table, "
                + "rejects and history stay.").Produces<PipelineContents>();
        Add(FileVerb.Retry, "Retries a failed or quarantined file now, from its last commit.");
        Add(FileVerb.Skip, "Skips this version of the file. Committed rows stay.");
        Add(FileVerb.Quarantine, "Quarantines the file until an operator retries it. Committed rows stay.");
        Add(FileVerb.Replay,
            "Loads the file again. A loaded file becomes a new version: its rows are added to the earlier ones, or replace them "
                + "with onChange: replace.");
        Add(FileVerb.Replace,
            "Loads the file again: its new rows replace those of all older versions in one transaction. The pipeline's metadata "
                + "must store {fileId}.");

        api.MapPost("/files/{id:long}/undo", UndoAsync).Takes("undo",
            "Deletes the rows of this version of the file from its table, if the pipeline's metadata stores {fileId}. The file "
                + "is ignored afterwards.").Produces<FileRow>();

        void Add(FileVerb verb, string summary)
        {
            var name = FileVerbs.NameOf(verb);
            api.MapPost($"/files/{{id:long}}/{name}",
                (long id, HttpContext context, OperatorLedger ledger, FileViews files) =>
                    FileAsync(verb, id, context, ledger, files))
                .Takes(name, summary).Produces<FileRow>();
        }
    }

    internal static RouteHandlerBuilder Takes(this RouteHandlerBuilder route, string name, string summary) =>
        route.Describe(name, Tag, summary).Accepts<OperatorRequest>(isOptional: true, "application/json");

    /// <summary>The author for the history: a token has no name, so it is the address.</summary>
    internal static string Who(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress;
        if (address is { IsIPv4MappedToIPv6: true }) address = address.MapToIPv4();
        return $"operator (http, {address?.ToString() ?? "unknown"})";
    }

    internal static string? Reason(string? given)
    {
        if (given?.Contains('\0', StringComparison.Ordinal) == true || given?.Length > LongestReason)
            throw BadParametersException.Of("reason",
                FormattableString.Invariant($"must be at most {LongestReason} characters, without NUL"));
        return string.IsNullOrWhiteSpace(given) ? null : given.Trim();
    }

    static async Task<IResult> PipelineAsync(
        string name, HttpContext context, Func<string, OperatorAct, CancellationToken, Task<VerbResult>> act,
        PipelineViews pipelines)
    {
        var result = await act(name, await ActAsync(context), context.RequestAborted);
        if (result.Outcome == VerbOutcome.Unknown) return ProblemResult.NotFound($"Pipeline {name} {result.Message}.");
        if (result.Outcome == VerbOutcome.Refused) return ProblemResult.NotNow($"Pipeline {name} {result.Message}.");
        return Results.Ok((await pipelines.CurrentPipelineAsync(name, context.RequestAborted)).Pipeline);
    }

    static async Task<IResult> RemoveAsync(string name, HttpContext context, PipelineRemoval removal)
    {
        var (result, contents) = await removal.RemoveAsync(name, await ActAsync(context), context.RequestAborted);
        return result.Outcome switch
        {
            VerbOutcome.Unknown => ProblemResult.NotFound($"Pipeline {name} {result.Message}."),
            VerbOutcome.Refused => ProblemResult.NotNow($"Pipeline {name} {result.Message}."),
            _ => Results.Ok(contents),
        };
    }

    static async Task<IResult> FileAsync(FileVerb verb, long id, HttpContext context, OperatorLedger ledger, FileViews files)
    {
        var (act, isTrial) = await ReadRequestAsync(context);
        var result = await ledger.ApplyAsync(verb, new FileId(id), act, context.RequestAborted, again: true, isTrial);
        return await AnswerAsync(id, result, isTrial, context, files);
    }

    static async Task<IResult> UndoAsync(long id, HttpContext context, UndoLedger ledger, FileViews files)
    {
        VerbResult result;
        var (act, isTrial) = await ReadRequestAsync(context);
        try
        {
            result = await ledger.UndoAsync(new FileId(id), [], act, isTrial, context.RequestAborted);
        }
        catch (PostgresException failure) when (UndoLedger.IsRefusal(failure))
        {
            result = UndoLedger.Refused(failure);
        }

        return await AnswerAsync(id, result, isTrial, context, files);
    }

    static async Task<IResult> AnswerAsync(long id, VerbResult result, bool isTrial, HttpContext context, FileViews files)
    {
        if (result.Outcome == VerbOutcome.Unknown) return FileEndpoints.NoSuchFile(id);
        if (result.Outcome == VerbOutcome.Refused)
            return ProblemResult.NotNow(FormattableString.Invariant($"File {id} {result.Message}."));
        if (isTrial) return Results.Ok(new DryRunAnswer(result.Message, result.Rows));
        return await files.FindAsync(result.FileId ?? new FileId(id), context.RequestAborted) is { } row ? Results.Ok(row)
            : FileEndpoints.NoSuchFile(id);
    }

    internal static async Task<OperatorAct> ActAsync(HttpContext context)
    {
        var (act, isTrial) = await ReadRequestAsync(context);
        return isTrial ? throw BadParametersException.Of("dryRun", "is only valid for verbs of files") : act;
    }

    static async Task<(OperatorAct Act, bool IsTrial)> ReadRequestAsync(HttpContext context)
    {
        new ApiQuery(context.Request).Check();
        var words = await RequestBody.ReadAsync(context.Request, ApiJson.Default.OperatorRequest);
        return (new OperatorAct(Who(context), Reason(words?.Reason)), words?.DryRun == true);
    }
}
