using OrleansIngest.Engine.Codecs;
using OrleansIngest.Engine.Codecs.Archives;
using OrleansIngest.Engine.Codecs.Text;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading.Tailing;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Loading;

/// <summary>An open file with everything between its stored bytes and its records: source, archive, codec, encoding,
/// format.</summary>
sealed class OpenedInput : IDisposable
{
    readonly IStoredInput _source;
    readonly ByteContent _asStored; // the stored bytes, read through Content if nothing needs to be decoded
    readonly string? _refusal;

    OpenedInput(IStoredInput source, string path, ContentHash? hash, PipelineOptions options)
    {
        _source = source;
        var codecs = new ContentCodecs(options);
        var stored = hash is null ? source.Content : new HashedContent(source.Content, hash);
        if (source is StoredFile or TailedFile) stored = new HeadContent(stored);
        _asStored = stored;
        Content = stored;
        Format = new CsvFormat(options.Csv);
        try
        {
            if (source is StoredFile or TailedFile && InputFormats.Binary(options, stored) is { } binary)
            {
                Format = binary; // its bytes are not text, and not an archive to be expanded: a workbook is a ZIP archive
                return;
            }

            Content = codecs.Decode(source.Decode(stored, codecs.Limits), path);
            var head = ContentCodecs.HeadOf(Content);
            Archive = ArchiveKinds.Of(head);
            if (Archive is not null && source is StoredPipe)
                _refusal = "an archive cannot be read from a pipe: load it from a file";
            if (Archive is not null && source.IsMember)
                _refusal = "an archive inside an archive is not unpacked: unpack the outer one first";
            if (Archive is null)
                (Content, Format, _refusal) = InputText.Choose(Content, source is StoredPipe ? head : null, options,
                    codecs.Limits);
            IsEmpty = head.Length == 0;
        }
        catch (BrokenContentException failure)
        {
            _refusal = failure.Message;
        }
    }

    /// <summary>Opens a file.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="options">How it is read.</param>
    /// <param name="hash">Receives the stored bytes that are read through <see cref="Content"/>; null for none.</param>
    /// <exception cref="IOException">The file does not exist, or cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">Read permission is missing.</exception>
    public static OpenedInput Open(string path, PipelineOptions options, ContentHash? hash = null) =>
        new(new StoredFile(path), path, hash, options);

    /// <summary>Opens the complete part of a followed file.</summary>
    /// <param name="file">The file; owned by the result.</param>
    /// <param name="options">How it is read.</param>
    public static OpenedInput Open(TailedFile file, PipelineOptions options) => new(file, file.Path, null, options);

    /// <summary>Opens a claimed file, which may be inside an archive.</summary>
    /// <inheritdoc cref="OpenMember(string, string, PipelineOptions)" path="/exception"/>
    public static OpenedInput Open(FileClaim claim, PipelineOptions options, ContentHash hash, IdleArchives idle) =>
        claim.Archive is { } archive
        ? OpenMember(archive, claim.File.Path[(archive.Path.Length + ArchiveLedger.Separator.Length)..], options, hash, idle)
        : Open(claim.File.Path, options, hash);

    /// <summary>Opens a file inside an archive.</summary>
    /// <param name="archive">The archive's path; absolute.</param>
    /// <param name="member">The file's name in it.</param>
    /// <param name="options">How it is read.</param>
    /// <exception cref="IOException">The archive does not exist, or cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">Read permission is missing.</exception>
    /// <exception cref="BrokenContentException">The archive is damaged, or the file is not in it.</exception>
    public static OpenedInput OpenMember(string archive, string member, PipelineOptions options) =>
        OpenMember(new SeenFile(archive, 0, 0, 0, 0), member, options, null, null);

    static OpenedInput OpenMember(in SeenFile archive, string member, PipelineOptions options, ContentHash? hash,
        IdleArchives? idle) =>
        new(StoredMember.Open(archive, member, new ContentCodecs(options), idle), member, hash, options);

    /// <summary>Opens a pipe.</summary>
    /// <exception cref="FileNotFoundException">The pipe was already read.</exception>
    /// <exception cref="IOException">The pipe cannot be opened.</exception>
    public static OpenedInput Open(PipeInput pipe, PipelineOptions options, ContentHash? hash) =>
        new(new StoredPipe(pipe.Open()), pipe.Seen.Path, hash, options);

    /// <summary>Opens the first bytes of a pipe.</summary>
    public static OpenedInput Open(ExaminedPipe pipe, string name, PipelineOptions options) =>
        new(new StoredPipe(pipe.First), name, null, options);

    /// <summary>The stored bytes. Safe for concurrent reading, unless its <see cref="ByteContent.Window"/> is
    /// limited.</summary>
    public ByteContent Stored => _source.Content;

    /// <summary>The decoded bytes that the format reads; for one reader at a time.</summary>
    public ByteContent Content { get; }

    /// <summary>Divides the content into records.</summary>
    public IRecordFormat Format { get; }

    /// <summary>The stored layout of an earlier claim (<see cref="RecordLayout.Kept"/>): used for the whole file, whatever has
    /// changed since. Null if there is none.</summary>
    public string? Kept { get; set; }

    /// <summary>Number of bytes from its start that determine the layout; null for all. Default: null.</summary>
    public long? LayoutEnd { get; set; }

    /// <summary>The content that determines the layout.</summary>
    public ByteContent LayoutContent => LayoutEnd is { } end && end < Content.Length ? new PrefixContent(Content, end) : Content;

    /// <summary>The layout for the first plan of this claim; null before that. Its <see cref="RecordLayout.Kept"/> is only
    /// needed for a second plan.</summary>
    public RecordLayout? FirstLayout { get; set; }

    /// <summary>The kind of an archive that must be expanded, not read; null for none.</summary>
    public ArchiveKind? Archive { get; }

    /// <summary>Whether the decoded content is empty.</summary>
    public bool IsEmpty { get; }

    /// <summary>The unit of its records' positions.</summary>
    public PositionUnit Unit => Format.UnitOver(Content.Unit);

    /// <summary>Maximum memory for decoding, besides the batches, in bytes; 0 for content that is read as
    /// stored.</summary>
    public long DecoderBytes => Content.Window == long.MaxValue
        ? 0
        : Math.Min(DecodeLimits.Standard.MostMemory,
            DecodedContent.ChunkBytes + 16 * (Stored.Length ?? DecodeLimits.Standard.MostMemory));

    /// <summary>Bytes ignored after the end of compressed content, human-readable; null for none.</summary>
    public string? Remark => (Content as DecodedContent)?.Remark;

    /// <summary>Opens a file; for an archive, the first file in it.</summary>
    /// <inheritdoc cref="OpenMember(string, string, PipelineOptions)" path="/exception"/>
    public static OpenedInput OpenFirst(string path, PipelineOptions options)
    {
        var input = Open(path, options);
        if (input.Archive is null || input.Refusal() is not null) return input;
        using (input)
        {
            return input.List().Entries is [var first, ..]
                ? OpenMember(path, first.Name, options)
                : throw new BrokenContentException("the archive contains no data files");
        }
    }

    /// <summary>Why the file cannot be read at all; null if it can.</summary>
    public string? Refusal()
    {
        try
        {
            return _refusal ?? (Archive is null && Format.Name == "csv" ? FileSignature.Refusal(Content) : null);
        }
        catch (BrokenContentException failure)
        {
            return failure.Message;
        }
    }

    /// <summary>The content of an archive.</summary>
    /// <exception cref="BrokenContentException">The archive is damaged.</exception>
    public ArchiveListing List() => ArchiveKinds.List(Archive!.Value, Content);

    /// <summary>Whether the file is unchanged since it was discovered; for a file inside an archive, the archive.</summary>
    public bool IsStill(in SeenFile seen) => _source.IsStill(seen);

    /// <summary>Whether lines were appended to the file since it was discovered, and it is otherwise unchanged, as
    /// far as its metadata show.</summary>
    public bool HasGrown(in SeenFile seen) => Unit == PositionUnit.Byte && _source is StoredFile { Content: FileContent file }
        && file.HasGrown(seen);

    /// <summary>Everything needed to read records again, in parallel with the reader and repeatedly.</summary>
    public RecordInput InputFor(RecordLayout layout) => new(Format, Content == _asStored ? Stored : Content, layout);

    public void Dispose()
    {
        Content.Dispose();
        _source.Dispose();
    }
}
