using Microsoft.AspNetCore.Http;
using OrleansIngest.Monitor.Api;

namespace OrleansIngest.Monitor.Drops;

/// <summary>What may be wrong with a dropped file, as answers.</summary>
static class DropProblems
{
    public static UploadException NotReadable(string why) =>
        new(StatusCodes.Status422UnprocessableEntity, "not-readable", "The file cannot be read", why.EndsWith('.') ? why : why + ".");

    public static UploadException NotNow(string why) => new(StatusCodes.Status409Conflict, "not-now", "That cannot be done now", why);

    public static BadParametersException BadTable(string why) => BadParametersException.Of("table", why);

    public static BadParametersException BadPath(string why) => BadParametersException.Of("path", why);

    public static IResult NoSuchDrop(string id) =>
        ProblemResult.NotFound($"There is no upload {id[..Math.Min(id.Length, 40)]}: it was loaded, discarded or too old, or the program was restarted. Bring the file again.");

    public static IResult Answer(UploadException refusal) => new ProblemResult(refusal.Status, refusal.Kind, refusal.Title, refusal.Message);
}
