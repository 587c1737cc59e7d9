using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace OrleansIngest.Monitor.Api;

/// <summary>Reads what a change says.</summary>
static class RequestBody
{
    const long MostBytes = 4 << 20;

    /// <summary>A body as JSON; null when there is none.</summary>
    /// <exception cref="BadHttpRequestException">It is something else.</exception>
    public static async Task<T?> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type)
        where T : class
    {
        if (request.ContentLength == 0 || (request.ContentLength is null && request.Headers.TransferEncoding.Count == 0 && !request.HasJsonContentType())) return null;
        if (!request.HasJsonContentType()) throw new BadHttpRequestException("The body must be JSON: Content-Type: application/json.", StatusCodes.Status415UnsupportedMediaType);
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = MostBytes;
        try
        {
            return await JsonSerializer.DeserializeAsync(request.Body, type, request.HttpContext.RequestAborted);
        }
        catch (JsonException failure)
        {
            // Its own message would repeat a part of the body, and so perhaps a token.
            throw new BadHttpRequestException(FormattableString.Invariant($"The body is not the JSON that is wanted here (line {failure.LineNumber + 1}, {failure.Path ?? "$"})."));
        }
    }
}
