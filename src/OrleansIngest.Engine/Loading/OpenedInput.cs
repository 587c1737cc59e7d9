using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Loading;

/// <summary>An open file with everything between its stored bytes and its records: source, codec, format.</summary>
sealed class OpenedInput : IDisposable
{
    readonly FileContent _stored;

    OpenedInput(FileContent stored, ContentHash? hash, PipelineOptions options)
    {
        _stored = stored;
        Content = hash is null ? stored : new HashedContent(stored, hash);
        Format = InputFormats.For(options, stored);
    }

    /// <summary>Opens a file.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="options">Says how it is read.</param>
    /// <param name="hash">Sees the stored bytes that are read through <see cref="Content"/>; null for none.</param>
    /// <exception cref="IOException">It is not there, or cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">There is no right to read it.</exception>
    public static OpenedInput Open(string path, PipelineOptions options, ContentHash? hash = null) => new(new FileContent(path), hash, options);

    /// <summary>The bytes as they are stored. Safe for concurrent reading.</summary>
    public ByteContent Stored => _stored;

    /// <summary>The bytes that the format reads: for one reader at a time.</summary>
    public ByteContent Content { get; }

    /// <summary>Divides the content into records.</summary>
    public IRecordFormat Format { get; }

    /// <summary>What the positions of its records count.</summary>
    public PositionUnit Unit => Format.UnitOver(Content.Unit);

    /// <summary>Why it cannot be read at all, or null.</summary>
    public string? Refusal() => Format is CsvFormat ? FileSignature.Refusal(Content) : null;

    /// <summary>Whether the file is what it was when it was seen.</summary>
    public bool IsStill(in SeenFile seen) => _stored.IsStill(seen);

    /// <summary>All that it takes to read records again, beside the reader and as often as wanted.</summary>
    public RecordInput InputFor(RecordLayout layout) => new(Format, Content is HashedContent ? _stored : Content, layout);

    public void Dispose()
    {
        Content.Dispose();
        _stored.Dispose();
    }
}
