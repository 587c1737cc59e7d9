using OrleansIngest.Engine.Formats.Json;
using OrleansIngest.Engine.Formats.Ndjson;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Formats;

/// <summary>Opens a rejected record of a format that is not text: it was stored as a JSON object of its fields' texts
/// (<see cref="FieldTexts.ToJson"/>).</summary>
static class RejectedObject
{
    /// <summary>Opens the record.</summary>
    /// <param name="raw">The object.</param>
    /// <param name="names">The fields' names.</param>
    /// <param name="forms">The forms that their columns take.</param>
    /// <param name="user">Receives the record.</param>
    public static TResult Open<TResult>(byte[] raw, IReadOnlyList<string> names, IReadOnlyList<FieldForm> forms,
        IRecordConsumer<TResult> user)
    {
        var options = new JsonOptions { MaxRecordBytes = Math.Max(raw.Length, 1024) };
        return new NdjsonFormat(options).OpenRaw(raw,
            JsonLayout.Of(names, options, MemberPath.Root) with { Forms = forms }, user);
    }
}
