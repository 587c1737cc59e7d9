using OrleansIngest.Engine.Codecs;
using OrleansIngest.Engine.Codecs.Archives;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Loading.Tailing;

/// <summary>Files that cannot be followed.</summary>
static class TailRefusal
{
    const string Hint =
        "; only lines of CSV or NDJSON in plain text can be followed (tail: true). Exclude such files (exclude), or give "
            + "them a pipeline without tail";

    /// <summary>Checks the first bytes, before there is a complete record: compressed files, archives and workbooks are
    /// refused.</summary>
    /// <returns>Why the file cannot be followed, human-readable; null if it may be, so far.</returns>
    public static string? OfBytes(ByteContent content, string path, PipelineOptions options)
    {
        try
        {
            if (InputFormats.Binary(options, content) is { } binary) return $"its format is {binary.Name}{Hint}";
            if (ArchiveKinds.Of(ContentCodecs.HeadOf(content)) is not null) return $"it is an archive{Hint}";
            var decoded = new ContentCodecs(options).Decode(new SharedContent(content), path);
            if (decoded is SharedContent) return null;
            decoded.Dispose();
            return $"it is compressed{Hint}";
        }
        catch (BrokenContentException failure)
        {
            return failure.Message;
        }
    }

    /// <summary>Checks the detected format.</summary>
    /// <inheritdoc cref="OfBytes" path="/returns"/>
    public static string? Of(OpenedInput input)
    {
        if (input.Refusal() is { } refusal) return refusal;
        if (input.Archive is not null) return $"it is an archive{Hint}";
        if (input.Format.Name is not ("csv" or "ndjson")) return $"its format is {input.Format.Name}{Hint}";
        return input.Unit == PositionUnit.Byte ? null
            : $"it is compressed, or its text has an encoding other than UTF-8, which the pipeline does not specify{Hint}";
    }
}
