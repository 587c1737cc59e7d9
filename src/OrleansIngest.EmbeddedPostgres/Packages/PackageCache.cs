using System.ComponentModel;

namespace OrleansIngest.EmbeddedPostgres.Packages;

/// <summary>Downloaded packages, one folder per version, for all programs of a user. A folder appears by a rename when it is
/// complete, so that a killed program leaves only <c>VERSION.new-…</c>, which the next one removes; <c>lock</c> is held
/// meanwhile.</summary>
sealed class PackageCache(ServerPackage package, PackageSource source, string root, ServerAccount account)
{
    const string Unfinished = ".new-";
    static readonly string Programs = Path.Combine("native", "bin");
    static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(50);

    /// <summary>Receives a message before each download. Default: none.</summary>
    internal IProgress<string>? Progress { get; init; }

    /// <summary>Clock of the wait for another program. Default: the system's.</summary>
    internal TimeProvider Time { get; init; } = TimeProvider.System;

    internal ServerPackage Package => package;

    string Folder => Path.Combine(root, package.Version);

    string Bin => Path.Combine(Folder, Programs);

    /// <summary>The cache of this user, for the package that runs on this machine; null where none does.</summary>
    internal static PackageCache? OfThisMachine(ServerAccount account, EmbeddedPostgresOptions options) =>
        ServerPackage.ForThisMachine is { } package
            ? new PackageCache(package, PackageSource.OfThisMachine(), RootFor(account), account)
            {
                Progress = options.Progress,
                Time = options.TimeProvider,
            }
            : null;

    /// <summary>The programs of a major version that were downloaded before, perhaps by an older ingest; null if there are
    /// none.</summary>
    internal PostgresBinaries? Find(int? major) =>
        !Directory.Exists(root)
            ? null
            : Directory.EnumerateDirectories(root)
                .Where(folder => !Path.GetFileName(folder).Contains(Unfinished, StringComparison.Ordinal))
                .Select(folder =>
                    new PostgresBinaries(Path.Combine(folder, Programs), ServerPackage.MajorOf(Path.GetFileName(folder))))
                .Where(found => found.Version > 0 && found.Version == (major ?? found.Version))
                .Where(found => PostgresBinaries.HasServer(found.Folder))
                .OrderByDescending(found => found.Folder == Bin).ThenByDescending(found => found.Version)
                .FirstOrDefault();

    /// <summary>The package's programs, downloaded if necessary.</summary>
    /// <exception cref="EmbeddedPostgresException">It cannot be downloaded, or does not run here; the message says
    /// why.</exception>
    internal async Task<PostgresBinaries> EnsureAsync(CancellationToken ct)
    {
        try
        {
            if (!PostgresBinaries.HasServer(Bin))
            {
                TraversableDirectory.Make(root);
                await using var held = await LockAsync(ct);
                if (!PostgresBinaries.HasServer(Bin))
                {
                    await InstallAsync(ct);
                }
            }
        }
        catch (Exception failure) when (failure
            is IOException or UnauthorizedAccessException or InvalidDataException or EmbeddedPostgresException)
        {
            throw new EmbeddedPostgresException($"{package} could not be installed in {root}: {failure.Message}", failure)
            {
                BinariesMissing = true,
            };
        }

        return await account.CanReachAsync(Bin, ct)
            ? new PostgresBinaries(Bin, package.Major)
            : throw new EmbeddedPostgresException(
                $"PostgreSQL runs as the user {account.Name}, who cannot enter {Bin}: allow it (chmod o+x on each directory "
                + "above), or set XDG_CACHE_HOME to a directory that every user may enter.");
    }

    async Task InstallAsync(CancellationToken ct)
    {
        foreach (var leftover in Directory.EnumerateDirectories(root, "*" + Unfinished + "*"))
        {
            TryDelete(leftover);
        }

        Progress?.Report($"downloading {package}, {package.Megabytes} MB, into {Folder}");
        var work = $"{Folder}{Unfinished}{Guid.NewGuid():N}";
        TraversableDirectory.Make(work);
        try
        {
            var file = await source.FetchAsync(package, work, ct);
            await package.CheckAsync(file, ct);
            var unpacked = Path.Combine(work, "package");
            await PackageArchive.UnpackAsync(file, unpacked, ct);
            NativeMethods.SyncFiles(file); // a power cut after the rename must not leave empty files
            await TryProgramAsync(Path.Combine(unpacked, Programs, "postgres"), ct);
            if (Directory.Exists(Folder))
            {
                Directory.Delete(Folder, recursive: true); // somebody has removed a part of it
            }

            Directory.Move(unpacked, Folder);
        }
        finally
        {
            TryDelete(work);
        }
    }

    static async Task TryProgramAsync(string postgres, CancellationToken ct)
    {
        var (code, output) = (0, "");
        try
        {
            (code, output) = await Command.RunAsync([postgres, "--version"], ct);
        }
        catch (Win32Exception failure)
        {
            (code, output) = (failure.NativeErrorCode, failure.Message);
        }

        if (code != 0)
        {
            throw new EmbeddedPostgresException(
                $"its programs do not run on this machine (exit code {code}; they need glibc 2.27 or later on x86-64, and a file "
                + $"system that is not mounted noexec). Output of postgres --version:\n{output}");
        }
    }

    async Task<FileStream> LockAsync(CancellationToken ct)
    {
        for (var told = false; ; told = true)
        {
            if (FileLock.TryTake(Path.Combine(root, "lock")) is { } held)
            {
                return held;
            }

            if (!told)
            {
                Progress?.Report($"waiting for another program that is downloading {package}");
            }

            await Task.Delay(LockPoll, Time, ct);
        }
    }

    /// <summary>Leftovers are removed the next time: an npm whose ingest was killed may still be writing into the
    /// folder.</summary>
    static void TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>The user as whom root's server runs cannot enter root's own cache.</summary>
    static string RootFor(ServerAccount account)
    {
        var named = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        var cache = named is { Length: > 0 } && Path.IsPathRooted(named) ? named
            : account.IsOther ? "/var/cache"
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.GetFullPath(Path.Combine(cache, "orleans-ingest", "postgresql"));
    }
}
