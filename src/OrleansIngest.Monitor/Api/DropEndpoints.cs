using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Sources.FileSystem;
using OrleansIngest.Monitor.Drops;

namespace OrleansIngest.Monitor.Api;

/// <summary>Files dropped by an operator: inspected, loaded once, or used to make a pipeline.</summary>
static class DropEndpoints
{
    const string Tag = "Drops";

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/drops", List).Describe("drops", Tag, "The dropped files of this program, and the size limit of an upload.")
            .Produces<DropList>();
        api.MapGet("/drops/{id}", Find).Describe("drop", Tag,
            "A dropped file: its state and the progress of its load.").Produces<DropState>();
        api.MapPost("/drops", UploadAsync).Describe("upload", Tag,
            "Uploads a file as the body, with Content-Type: application/octet-stream. The upload is deleted when it is loaded or "
                + "discarded, or after pages.keepUploads.",
            new QueryParameter("name", "The file's name. Default: upload."))
            .Accepts<byte[]>("application/octet-stream").Produces<DropState>(StatusCodes.Status201Created);
        api.MapPost("/drops/path", TakeAsync).Describe("dropPath", Tag,
            "Opens a file of the server, in a directory that a pipeline watches or that pages.readableDirectories lists. The "
                + "file is not moved or deleted.")
            .Accepts<DropPath>("application/json").Produces<DropState>(StatusCodes.Status201Created);
        api.MapPost("/drops/{id}/check", CheckAsync).Describe("checkDrop", Tag,
            "Inspects the file and checks a load into a table: dialect, first records, columns, mapping or CREATE TABLE, "
                + "rejects. Writes nothing.")
            .Accepts<DropRequest>("application/json").Produces<DropReport>();
        api.MapPost("/drops/{id}/load", LoadAsync).Describe("loadDrop", Tag,
            "Loads the file once, all of it or nothing, and creates the table if it is missing. Responds when the load has "
                + "begun; GET reports its progress.")
            .Accepts<DropRequest>("application/json").Produces<DropState>(StatusCodes.Status202Accepted);
        api.MapDelete("/drops/{id}", Discard).Describe("discardDrop", Tag,
            "Deletes an upload that is not being loaded.").Produces(StatusCodes.Status204NoContent);
    }

    static DropList List(HttpRequest request, DropBox box)
    {
        new ApiQuery(request).Check();
        return box.List();
    }

    static IResult Find(string id, HttpRequest request, DropBox box)
    {
        new ApiQuery(request).Check();
        return box.Find(id) is { } drop ? Results.Ok(drop.State) : DropProblems.NoSuchDrop(id);
    }

    static async Task<IResult> UploadAsync(HttpContext context, DropBox box)
    {
        var query = new ApiQuery(context.Request);
        var name = query.Text("name");
        query.Check();
        // The spool enforces its own limit, with a better message.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;
        return await AnswerAsync(async () =>
            Created(await box.ReceiveAsync(context.Request.Body, context.Request.ContentLength, SafeName.Of(name),
                context.RequestAborted)));
    }

    static async Task<IResult> TakeAsync(HttpContext context, DropBox box, MonitorDatabase database, MonitorOptions options)
    {
        new ApiQuery(context.Request).Check();
        var words = await RequestBody.ReadAsync(context.Request, ApiJson.Default.DropPath);
        var path = words?.Path ?? "";
        if (!Path.IsPathFullyQualified(path)) throw DropProblems.BadPath("must be absolute, such as /data/in/orders.csv");
        IReadOnlyList<string> watched = await new DropLedger(database.RowSource).WatchedAsync(context.RequestAborted);
        // For paths elsewhere, the answer must not reveal whether they exist.
        if (!ReadablePath.TryResolve(path, [.. watched, .. options.Pages.ReadableDirectories], out var real))
            throw DropProblems.BadPath(
                "must be in a directory that a pipeline watches, or that pages.readableDirectories of ingest.json lists");
        if (!FileStat.TryStat(real, out var seen)) throw DropProblems.BadPath("is not a readable regular file");
        return await AnswerAsync(() => Task.FromResult(Created(box.Take(seen))));
    }

    static Task<IResult> CheckAsync(string id, HttpContext context, DropBox box, DropAnalysis analysis) => AnswerAsync(async () =>
    {
        var words = await ReadRequestAsync(context);
        return box.Find(id) is { HasFile: true } drop ? Results.Ok(await analysis.RunAsync(drop, words, context.RequestAborted))
            : DropProblems.NoSuchDrop(id);
    });

    static Task<IResult> LoadAsync(string id, HttpContext context, DropBox box, DropAnalysis analysis, DropLoad load,
        MonitorDatabase database) => AnswerAsync(async () =>
    {
        var words = await ReadRequestAsync(context);
        if (box.Find(id) is not { HasFile: true } drop) return DropProblems.NoSuchDrop(id);
        var (pipeline, _, _) = await analysis.PlanAsync(drop, words, context.RequestAborted);
        var options = pipeline.Options;
        if (pipeline.Refusal is { } refusal) throw DropProblems.NotNow(Sentence(refusal));
        if (!words.Again && !options.CreateTable)
        {
            var earlier = await new DropLedger(database.RowSource).LoadedAsync(options.Table, drop.Sha256, drop.Size, drop.Path,
                context.RequestAborted);
            // For this pipeline the ledger itself prevents a second load.
            if (earlier.FirstOrDefault(f => f.Pipeline != options.Name) is { } other)
                throw DropProblems.NotNow(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{options.Table} already contains the content of {other.Path} (file {other.FileId} of pipeline "
                        + $"{other.Pipeline}). With \"again\", its rows are loaded again."));
        }

        if (drop.Sha256 is not null) DropPipeline.StoreNames(options);
        if (!drop.TryBegin(options)) throw DropProblems.NotNow("The file is already being loaded.");
        var act = new OperatorAct(OperatorEndpoints.Who(context), null);
        box.Run(stop => load.RunAsync(drop, options, database, act, words.Again, stop));
        return Results.Json(drop.State, ApiJson.Default.DropState, statusCode: StatusCodes.Status202Accepted);
    });

    static IResult Discard(string id, HttpContext context, DropBox box)
    {
        new ApiQuery(context.Request).Check();
        if (box.Find(id) is not { } drop) return DropProblems.NoSuchDrop(id);
        return box.Remove(drop) ? Results.NoContent()
            : DropProblems.Answer(DropProblems.NotNow("The file is being loaded. Wait until the load has ended."));
    }

    static async Task<DropRequest> ReadRequestAsync(HttpContext context)
    {
        new ApiQuery(context.Request).Check();
        var words = await RequestBody.ReadAsync(context.Request, ApiJson.Default.DropRequest) ?? new DropRequest();
        return words.Table?.Contains('\0', StringComparison.Ordinal) == true
            ? throw DropProblems.BadTable("must not contain a NUL character") : words;
    }

    static IResult Created(Drop drop) => Results.Json(drop.State, ApiJson.Default.DropState,
        statusCode: StatusCodes.Status201Created);

    static string Sentence(string text) => $"{char.ToUpperInvariant(text[0])}{text[1..].TrimEnd('.')}.";

    static async Task<IResult> AnswerAsync(Func<Task<IResult>> act)
    {
        try
        {
            return await act();
        }
        catch (UploadException refusal)
        {
            return DropProblems.Answer(refusal);
        }
    }
}
