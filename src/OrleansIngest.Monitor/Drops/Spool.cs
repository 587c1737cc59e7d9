using System.Buffers;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Monitor.Drops;

/// <summary>An upload that has arrived.</summary>
/// <param name="Folder">Its directory, called as its content's hash.</param>
/// <param name="Path">The file.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Of the content.</param>
sealed record SpooledFile(SpoolFolder Folder, string Path, long Size, byte[] Sha256);

/// <summary>The directory of uploads. The directory of each upload is named after the hash of its content: the same content gets
/// the same path, so its load resumes where an earlier one stopped.</summary>
/// <param name="directory">Absolute; made when the first file arrives.</param>
/// <param name="mostBytes">Of a file.</param>
sealed partial class Spool(string directory, long mostBytes)
{
    const string Arriving = "arriving-";
    const int BufferBytes = 128 << 10, MostOfOneContent = 8;
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Absolute.</summary>
    public string Directory => directory;

    /// <summary>Removes uploads of programs that have ended.</summary>
    public void Sweep()
    {
        if (!System.IO.Directory.Exists(directory)) return;
        foreach (var folder in System.IO.Directory.EnumerateDirectories(directory)
            .Where(folder => FolderName().IsMatch(Path.GetFileName(folder))).ToArray())
            SpoolFolder.RemoveAbandoned(folder);
    }

    /// <summary>Writes a file as it arrives; at no time more than a buffer of it is in memory.</summary>
    /// <param name="body">The file.</param>
    /// <param name="length">Its size, as far as the sender says it.</param>
    /// <param name="name">A safe name.</param>
    /// <param name="cancellationToken">Ends the writing; nothing stays.</param>
    /// <exception cref="UploadException">It is too large, or cannot be written.</exception>
    public async Task<SpooledFile> ReceiveAsync(Stream body, long? length, string name, CancellationToken cancellationToken)
    {
        if (length > mostBytes) throw TooLarge(length);
        var arriving = Written(() =>
        {
            SpoolFolder.Make(directory);
            return SpoolFolder.Take(Path.Combine(directory,
                Arriving + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))))!;
        });
        try
        {
            var path = Path.Combine(arriving.Directory, name);
            var (size, hash) = await WriteAsync(body, path, cancellationToken);
            return Written(() => Publish(path, name, size, hash));
        }
        finally
        {
            arriving.Remove();
        }
    }

    async Task<(long Size, byte[] Sha256)> WriteAsync(Stream body, string path, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
            BufferSize = 0,
            Options = FileOptions.Asynchronous
        };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        await using var file = Written(() => new FileStream(path, options));
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            var size = 0L;
            for (int read; (read = await body.ReadAsync(buffer, cancellationToken)) > 0; size += read)
            {
                if (size + read > mostBytes) throw TooLarge(null);
                hash.AppendData(buffer, 0, read);
                try
                {
                    await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                }
                catch (IOException failure)
                {
                    throw NotWritten(failure);
                }
            }

            return (size, hash.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    SpooledFile Publish(string arrived, string name, long size, byte[] sha256)
    {
        var folder = Path.Combine(directory, Convert.ToHexStringLower(sha256));
        for (var i = 0; i < MostOfOneContent; i++)
        {
            // Another program may hold the same content at this moment.
            if (SpoolFolder.Take(i == 0 ? folder : FormattableString.Invariant($"{folder}.{i}")) is not { } own) continue;
            foreach (var old in System.IO.Directory.EnumerateFiles(own.Directory)
                .Where(file => !Path.GetFileName(file).StartsWith('.')).ToArray()) File.Delete(old);
            var path = Path.Combine(own.Directory, name);
            File.Move(arrived, path);
            // Whole seconds: a later upload of the same content can be given the same time.
            var modified = File.GetLastWriteTimeUtc(path);
            File.SetLastWriteTimeUtc(path,
                new DateTime(modified.Ticks - (modified.Ticks % TimeSpan.TicksPerSecond), DateTimeKind.Utc));
            return new SpooledFile(own, path, size, sha256);
        }

        throw DropProblems.NotNow("Other programs have uploads with the same content. Load or discard one of them first.");
    }

    /// <summary>Moves an upload to where an earlier upload of its content was, with that one's time, so that the ledger
    /// identifies it as the same file.</summary>
    /// <param name="file">The upload.</param>
    /// <param name="path">Where the earlier one was.</param>
    /// <param name="modifiedNanoseconds">Its modification time, nanoseconds since 1970-01-01 UTC.</param>
    /// <returns>Null when another program holds that directory, or it is none of this spool.</returns>
    public SpooledFile? Move(SpooledFile file, string path, long modifiedNanoseconds)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (Path.GetDirectoryName(folder) != directory || !FolderName().IsMatch(Path.GetFileName(folder))
            || Path.GetFileName(path) != SafeName.Of(path)) return null;
        return Written(() =>
        {
            var isOwn = folder == file.Folder.Directory;
            if ((isOwn ? file.Folder : SpoolFolder.Take(folder)) is not { } taken) return null;
            if (path != file.Path) File.Move(file.Path, path, overwrite: true);
            File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddTicks(modifiedNanoseconds / 100));
            if (!isOwn) file.Folder.Remove();
            return file with { Folder = taken, Path = path };
        });
    }

    T Written<T>(Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw NotWritten(failure);
        }
    }

    UploadException NotWritten(Exception failure) => new(
        StatusCodes.Status507InsufficientStorage, "no-room", "The upload cannot be stored",
        $"Writing to {directory} failed: {failure.Message}. Free some space, or choose another directory with "
            + "pages.uploadDirectory in ingest.json.");

    UploadException TooLarge(long? length) => new(
        StatusCodes.Status413PayloadTooLarge, "too-large", "The file is too large",
        $"{(length is { } size ? $"The file has {Size(size)}, but an" : "An")} upload is limited to {Size(mostBytes)}. "
        + "Enter the path of a file on the server instead, use `ingest load`, or raise pages.maxUploadBytes in ingest.json.");

    static string Size(long bytes) => SizeText.Format(bytes) is var text && char.IsAsciiLetter(text[^1]) ? text
        : Counted.Of(bytes, "byte");

    [GeneratedRegex(@"^(arriving-[0-9a-f]{32}|[0-9a-f]{64}(\.[0-9])?)\z")]
    private static partial Regex FolderName();
}
