using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace OrleansIngest.Monitor.Api;

/// <summary>Reads the bodies of requests.</summary>
static class RequestBody
{
    const long MostBytes = 4 << 20;

    /// <summary>A body as JSON; null when there is none.</summary>
    /// <exception cref="BadHttpRequestException">It is something else.</exception>
    public static async Task<T?> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type)
        where T : class
    {
        if (request.ContentLength == 0
            || (request.ContentLength is null && request.Headers.TransferEncoding.Count == 0 && !request.HasJsonContentType()))
            return null;
        if (!request.HasJsonContentType())
            throw new BadHttpRequestException("The body must be JSON: Content-Type: application/json.",
                StatusCodes.Status415UnsupportedMediaType);
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = MostBytes;
        try
        {
            return await JsonSerializer.DeserializeAsync(request.Body, type, request.HttpContext.RequestAborted);
        }
        catch (JsonException failure)
        {
            // The message of the exception would repeat a part of the body, perhaps a token.
            throw new BadHttpRequestException(FormattableString.Invariant(
                $"The body is not valid JSON for this route (line {failure.LineNumber + 1}, {failure.Path ?? "$"})."));
        }
    }
}
