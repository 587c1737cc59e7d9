using System.Net;
using System.Text.Json;

namespace OrleansIngest.Monitor.Tests.Api;

/// <summary>A listener to <c>/api/v1/live</c>, as a browser's EventSource reads it.</summary>
sealed class EventStream : IAsyncDisposable
{
    readonly HttpResponseMessage _response;
    readonly StreamReader _reader;

    EventStream(HttpResponseMessage response, Stream stream) => (_response, _reader) = (response, new StreamReader(stream));

    public static async Task<EventStream> OpenAsync(HttpClient client, string query = "")
    {
        var response = await client.GetAsync("/api/v1/live" + query, HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        return new EventStream(response, await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>The next event that the condition holds for.</summary>
    public async Task<JsonElement> NextAsync(string topic, Func<JsonElement, bool>? condition = null)
    {
        while (true)
        {
            var (name, data) = await NextAsync();
            if (name == topic && (condition is null || condition(data))) return data;
        }
    }

    /// <summary>The next event.</summary>
    public async Task<(string Topic, JsonElement Data)> NextAsync()
    {
        var topic = "";
        while (await _reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal)) topic = line["event: ".Length..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
                return (topic, JsonSerializer.Deserialize<JsonElement>(line["data: ".Length..]));
            else line.ShouldBeOneOf("", ":", "retry: 2000");
        }

        throw new InvalidOperationException("the stream ended");
    }

    public ValueTask DisposeAsync()
    {
        _reader.Dispose();
        _response.Dispose();
        return ValueTask.CompletedTask;
    }
}
