using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Monitor.Api;

/// <summary>What operators tell pipelines and files.</summary>
static class OperatorEndpoints
{
    const string Tag = "Operators";
    const int LongestReason = 1000;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/pipelines/{name}/pause", (string name, HttpContext context, OperatorLedger ledger, PipelineViews pipelines) =>
            PipelineAsync(name, context, ledger.PauseAsync, pipelines)).Takes("pause", "Claims no more files; those in work go on to their end.").Produces<PipelineSummary>();
        api.MapPost("/pipelines/{name}/resume", (string name, HttpContext context, OperatorLedger ledger, PipelineViews pipelines) =>
            PipelineAsync(name, context, ledger.ResumeAsync, pipelines)).Takes("resume", "Claims files again.").Produces<PipelineSummary>();
        api.MapDelete("/pipelines/{name}", RemoveAsync).Takes("removePipeline",
            "Removes a pipeline that nothing runs from the ledger: its files, batches and sums. Rows in the table, rejects and history stay.").Produces<PipelineContents>();
        Add(FileVerb.Retry, "Tries a failed or quarantined file again now, behind what is committed of it.");
        Add(FileVerb.Skip, "Never loads this version of the file; what is committed of it stays.");
        Add(FileVerb.Quarantine, "Holds the file back until an operator says otherwise; what is committed of it stays.");
        Add(FileVerb.Replay, "Loads the file again. One that is loaded becomes a new version, whose rows come beside those of before, or with onChange: replace in their place.");
        Add(FileVerb.Replace, "Loads the file anew: in one transaction its rows come and those of all older versions go. The pipeline's metadata must keep {fileId}.");

        api.MapPost("/files/{id:long}/undo", UndoAsync).Takes("undo",
            "Takes the rows of this version of the file out of its table again, where the pipeline's metadata keeps {fileId}. The file is passed over afterwards.").Produces<FileRow>();

        void Add(FileVerb verb, string summary)
        {
            var name = FileVerbs.NameOf(verb);
            api.MapPost($"/files/{{id:long}}/{name}", (long id, HttpContext context, OperatorLedger ledger, FileViews files) => FileAsync(verb, id, context, ledger, files))
                .Takes(name, summary).Produces<FileRow>();
        }
    }

    internal static RouteHandlerBuilder Takes(this RouteHandlerBuilder route, string name, string summary) =>
        route.Describe(name, Tag, summary).Accepts<OperatorRequest>(isOptional: true, "application/json");

    /// <summary>Who it is, for the history: a token has no name, so the address stands for it.</summary>
    internal static string Who(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress;
        if (address is { IsIPv4MappedToIPv6: true }) address = address.MapToIPv4();
        return $"operator (http, {address?.ToString() ?? "unknown"})";
    }

    internal static string? Reason(string? given)
    {
        if (given?.Contains('\0', StringComparison.Ordinal) == true || given?.Length > LongestReason)
            throw BadParametersException.Of("reason", FormattableString.Invariant($"must be at most {LongestReason} characters, without NUL"));
        return string.IsNullOrWhiteSpace(given) ? null : given.Trim();
    }

    static async Task<IResult> PipelineAsync(
        string name, HttpContext context, Func<string, OperatorAct, CancellationToken, Task<VerbResult>> act, PipelineViews pipelines)
    {
        var result = await act(name, await ActAsync(context), context.RequestAborted);
        if (result.Outcome == VerbOutcome.Unknown) return ProblemResult.NotFound($"Pipeline {name} {result.Message}.");
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
        return await files.FindAsync(result.FileId ?? new FileId(id), context.RequestAborted) is { } row ? Results.Ok(row) : FileEndpoints.NoSuchFile(id);
    }

    internal static async Task<OperatorAct> ActAsync(HttpContext context)
    {
        var (act, isTrial) = await ReadRequestAsync(context);
        return isTrial ? throw BadParametersException.Of("dryRun", "is for verbs of files") : act;
    }

    static async Task<(OperatorAct Act, bool IsTrial)> ReadRequestAsync(HttpContext context)
    {
        new ApiQuery(context.Request).Check();
        var words = await RequestBody.ReadAsync(context.Request, ApiJson.Default.OperatorRequest);
        return (new OperatorAct(Who(context), Reason(words?.Reason)), words?.DryRun == true);
    }
}
