using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OrleansIngest.Monitor.Live;

/// <summary>An encoded event, created once for all listeners.</summary>
/// <param name="Topic"><c>overview</c>, <c>files</c> or <c>alert</c>.</param>
/// <param name="Frame">With its empty line.</param>
sealed record LiveEvent(string Topic, byte[] Frame)
{
    /// <summary>JSON has no line breaks outside its texts, and none in them: it is one line of data.</summary>
    public static LiveEvent Of<T>(string topic, T data, JsonTypeInfo<T> type)
    {
        using var frame = new MemoryStream();
        frame.Write(Encoding.UTF8.GetBytes($"event: {topic}\ndata: "));
        JsonSerializer.Serialize(frame, data, type);
        frame.Write("\n\n"u8);
        return new LiveEvent(topic, frame.ToArray());
    }
}
