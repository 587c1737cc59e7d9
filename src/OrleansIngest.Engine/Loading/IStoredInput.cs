using OrleansIngest.Engine.Codecs;
using OrleansIngest.Engine.Codecs.Archives;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Loading;

/// <summary>The stored bytes of an input, and a check whether they are still those that were discovered.</summary>
interface IStoredInput : IDisposable
{
    /// <summary>The bytes.</summary>
    ByteContent Content { get; }

    /// <summary>Whether it is in an archive.</summary>
    bool IsMember { get; }

    /// <summary>Decompresses the bytes of an archive's member.</summary>
    /// <param name="stored"><see cref="Content"/>, or a wrapper around it.</param>
    /// <param name="limits">Limits of the decoded content.</param>
    ByteContent Decode(ByteContent stored, DecodeLimits limits);

    /// <summary>Whether the file is unchanged since it was discovered.</summary>
    bool IsStill(in SeenFile seen);
}

/// <summary>A file outside archives.</summary>
sealed class StoredFile(string path) : IStoredInput
{
    readonly FileContent _file = new(path);

    public ByteContent Content => _file;

    public bool IsMember => false;

    public ByteContent Decode(ByteContent stored, DecodeLimits limits) => stored;

    public bool IsStill(in SeenFile seen) => _file.IsStill(seen);

    public void Dispose() => _file.Dispose();
}

/// <summary>A pipe.</summary>
sealed class StoredPipe(Stream pipe) : IStoredInput
{
    public ByteContent Content { get; } = new PipeContent(pipe);

    public bool IsMember => false;

    public ByteContent Decode(ByteContent stored, DecodeLimits limits) => new PipeCodec().Open(stored);

    public bool IsStill(in SeenFile seen) => true;

    public void Dispose() => Content.Dispose();
}

/// <summary>A file inside an archive.</summary>
sealed class StoredMember : IStoredInput
{
    readonly FileContent _archive;
    readonly ByteContent _unpacked; // the archive's bytes, after its compression
    readonly StreamCodec? _codec;

    readonly OpenArchive? _tar;      // kept for the next file
    readonly IdleArchives? _idle;

    StoredMember(FileContent archive, ByteContent unpacked, ByteContent content, StreamCodec? codec) =>
        (_archive, _unpacked, Content, _codec) = (archive, unpacked, content, codec);

    StoredMember(OpenArchive archive, ByteContent content, IdleArchives? idle) =>
        (_archive, _unpacked, Content, _tar, _idle) = (archive.File, archive.File, content, archive, idle);

    public ByteContent Content { get; }

    public bool IsMember => true;

    /// <summary>Opens a file of an archive.</summary>
    /// <exception cref="BrokenContentException">The archive is damaged, or no archive, or the file is not in it.</exception>
    /// <param name="seen">The archive as it was discovered; only its path if it need not be verified.</param>
    /// <param name="member">The file's name in it.</param>
    /// <param name="codecs">Decode the archive's own compression.</param>
    /// <param name="idle">Archives that are open; null for none.</param>
    public static StoredMember Open(in SeenFile seen, string member, ContentCodecs codecs, IdleArchives? idle)
    {
        if (idle?.Take(seen, member) is { } open)
        {
            try
            {
                return new StoredMember(open, open.Tar.Open(member), idle);
            }
            catch
            {
                open.Dispose();
                throw;
            }
        }

        var archive = seen.Path;
        var file = new FileContent(archive);
        ByteContent unpacked = file;
        try
        {
            unpacked = codecs.Decode(file, archive);
            switch (ArchiveKinds.Of(ContentCodecs.HeadOf(unpacked)))
            {
                case ArchiveKind.Zip:
                    var (stored, codec) = ZipArchiveContent.Read(unpacked).Open(member, codecs.Limits);
                    return new StoredMember(file, unpacked, stored, codec);
                case ArchiveKind.Tar:
                    var tar = new TarArchive(unpacked);
                    return new StoredMember(new OpenArchive(archive, file, tar), tar.Open(member), idle);
                default:
                    throw new BrokenContentException($"{archive} is no longer a zip or tar archive");
            }
        }
        catch
        {
            unpacked.Dispose();
            file.Dispose();
            throw;
        }
    }

    public ByteContent Decode(ByteContent stored, DecodeLimits limits) => _codec is null ? stored : _codec.Open(stored);

    public bool IsStill(in SeenFile seen) => _archive.IsStill(seen);

    public void Dispose()
    {
        Content.Dispose();
        if (_tar is not null && _idle is not null)
        {
            _idle.Keep(_tar);
            return;
        }

        _tar?.Dispose();
        _unpacked.Dispose();
        _archive.Dispose();
    }
}
