using Microsoft.AspNetCore.Http;
using OrleansIngest.Monitor.Api;

namespace OrleansIngest.Monitor.Drops;

/// <summary>Errors of dropped files.</summary>
static class DropProblems
{
    public static UploadException NotReadable(string why) =>
        new(StatusCodes.Status422UnprocessableEntity, "not-readable", "The file cannot be read",
            why.EndsWith('.') ? why : why + ".");

    public static UploadException NotNow(string why) =>
        new(StatusCodes.Status409Conflict, "not-now", "Not possible in the current state", why);

    public static BadParametersException BadTable(string why) => BadParametersException.Of("table", why);

    public static BadParametersException BadPath(string why) => BadParametersException.Of("path", why);

    public static IResult NoSuchDrop(string id) =>
        ProblemResult.NotFound(
            $"Upload {id[..Math.Min(id.Length, 40)]} does not exist: it was loaded or discarded, it expired, or the program was "
                + "restarted. Drop the file again.");

    public static IResult Answer(UploadException refusal) =>
        new ProblemResult(refusal.Status, refusal.Kind, refusal.Title, refusal.Message);
}
