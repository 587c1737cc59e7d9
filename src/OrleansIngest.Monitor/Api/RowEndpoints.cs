using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Monitor.Security;

namespace OrleansIngest.Monitor.Api;

/// <summary>Rows of the tables that pipelines load.</summary>
static class RowEndpoints
{
    const string Tag = "Data";

    /// <summary>Rows require a token even where everybody on the machine may view the ledger.</summary>
    static readonly Access RowAccess = new(Role.Viewer, "Rows of tables require the operator's or the viewer's token.");

    static readonly QueryParameter Table = new("table",
        "One of the pipeline's tables, as `tables` lists them. Default: that of its newest file.");

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/rows", ListAsync).Describe("rows", Tag,
            "The newest rows of a pipeline's table, or the rows of a file, with the file and line of each if the pipeline's "
            + "metadata stores them. Read-only, at most 5 s; requires a token.",
            new("pipeline", "The pipeline. Required unless fileId is given."), Table,
            new("fileId", "Only the rows of this file."),
            new("limit", $"Number of rows, 1 to {TableViews.MostRows}. Default: {ApiQuery.StandardLimit}."))
            .Produces<TableSample>().WithMetadata(RowAccess);
        api.MapGet("/rows/value", ValueAsync).Describe("rowValue", Tag,
            "The whole value of one column of a row, up to 1,000,000 characters. Requires a token.",
            new("pipeline", "The pipeline."), Table, new("row", "The row's key, as /rows gives it."),
            new("column", "The column's name.")).Produces<SampleValue>().WithMetadata(RowAccess);
    }

    static async Task<IResult> ListAsync(HttpContext context, TableViews tables, CancellationToken cancellationToken)
    {
        var query = new ApiQuery(context.Request);
        var (pipeline, table, file) = (query.Text("pipeline"), query.Text("table"), query.Key("fileId"));
        var limit = query.Number("limit", ApiQuery.StandardLimit, 1, TableViews.MostRows);
        if (pipeline is null && file is null) query.Refuse("pipeline", "is required, or fileId");
        query.Check();
        return await AnswerAsync(context, async () =>
            await tables.SampleAsync(pipeline, table, file, limit, cancellationToken) is { } sample ? Results.Ok(sample)
                : NoSuchTable(pipeline, table, file));
    }

    static async Task<IResult> ValueAsync(HttpContext context, TableViews tables, CancellationToken cancellationToken)
    {
        var query = new ApiQuery(context.Request);
        var table = query.Text("table");
        var (pipeline, row, column) = (Needed(query, "pipeline"), Needed(query, "row"), Needed(query, "column"));
        query.Check();
        return await AnswerAsync(context,
            async () => await tables.ValueAsync(pipeline, table, row, column, cancellationToken) is { } value
            ? Results.Ok(value)
            : ProblemResult.NotFound("The row was changed or deleted. Read the rows again."));
    }

    static string Needed(ApiQuery query, string name)
    {
        if (query.Text(name) is { } text) return text;
        query.Refuse(name, "is required");
        return "";
    }

    static async Task<IResult> AnswerAsync(HttpContext context, Func<Task<IResult>> act)
    {
        try
        {
            return await act();
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.QueryCanceled
            && !context.RequestAborted.IsCancellationRequested)
        {
            return new ProblemResult(StatusCodes.Status503ServiceUnavailable, "too-slow", "The table took too long",
                "Reading took more than 5 s. An index on the column that stores the file of each row makes it fast.");
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            return new ProblemResult(StatusCodes.Status503ServiceUnavailable, "too-slow", "The table is locked",
                "Another session is changing the table. Try again in a moment.");
        }
    }

    static IResult NoSuchTable(string? pipeline, string? table, long? file) => ProblemResult.NotFound(file is not null
        ? FormattableString.Invariant($"The ledger has no file {file}, or its table no longer exists.")
        : table is not null ? $"Pipeline {pipeline} has no table {table}, or the table no longer exists."
            : $"The ledger has no pipeline {pipeline}, or its table does not exist yet.");
}
