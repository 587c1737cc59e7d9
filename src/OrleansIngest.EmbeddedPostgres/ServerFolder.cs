using System.Globalization;
using System.Security.Cryptography;

namespace OrleansIngest.EmbeddedPostgres;

/// <summary>
/// The folder of one private server, and who uses it. All files but <c>data</c> belong to the user of this program:
/// <c>data</c> PostgreSQL's own folder · <c>server.log</c> · <c>pgpass</c> the password · <c>port</c> the last port ·
/// <c>owner</c> the user who owns <c>data</c> · <c>lock</c> held while a server is started or stopped · <c>users/</c> one file
/// per program that uses the server, locked (flock) while it lives, so that a killed program does not count.
/// </summary>
sealed class ServerFolder
{
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    const int ReadOnlyFileSystem = 30; // EROFS, on Linux and macOS
    const string Fallback = "/var/lib/orleans-ingest";
    static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(10);

    ServerFolder(string root, ServerAccount account) => (Root, Account) = (root, account);

    internal string Root { get; }

    internal ServerAccount Account { get; }

    internal string Data => Path.Combine(Root, "data");

    internal string Log => Path.Combine(Root, "server.log");

    internal string PasswordFile => Path.Combine(Root, "pgpass");

    string PortFile => Path.Combine(Root, "port");

    /// <summary>Whether a folder is one of these; changes nothing.</summary>
    internal static bool IsOne(string asked) =>
        File.Exists(Path.Combine(asked, "owner")) || File.Exists(Path.Combine(asked, "location"));

    string UsersFolder => Path.Combine(Root, "users");

    /// <summary>Finds or creates the folder. If the server's user cannot reach the requested folder (root's home, for example),
    /// the server uses a folder below /var/lib, and a file <c>location</c> in the requested one contains its path.</summary>
    internal static async Task<ServerFolder> OpenAsync(string asked, CancellationToken ct)
    {
        var root = Path.GetFullPath(asked);
        try
        {
            TraversableDirectory.Make(root);
            var note = Path.Combine(root, "location");
            if (File.Exists(note))
            {
                root = (await File.ReadAllTextAsync(note, ct)).Trim();
                TraversableDirectory.Make(root);
            }

            var owner = Path.Combine(root, "owner");
            var account = ServerAccount.Choose(File.Exists(owner) ? (await File.ReadAllTextAsync(owner, ct)).Trim() : null, root);
            if (!File.Exists(owner) && !await account.CanReachAsync(root, ct))
            {
                TraversableDirectory.Make(Fallback);
                root = Path.Combine(Fallback, RandomNumberGenerator.GetHexString(12, lowercase: true));
                TraversableDirectory.Make(root);
                if (!await account.CanReachAsync(root, ct))
                {
                    throw new EmbeddedPostgresException(
                        $"PostgreSQL runs as the user {account.Name}, who can enter neither {Path.GetFullPath(asked)} "
                            + $"nor {root}: "
                        + "allow it (chmod o+x on each folder above), or choose another data folder.");
                }

                // Two programs may get here at once: the first to write the note decides for both.
                root = await WriteOnceAsync(note, root, ct);
                TraversableDirectory.Make(root);
            }

            var folder = new ServerFolder(root, account);
            TraversableDirectory.Make(folder.UsersFolder);
            await WriteOnceAsync(Path.Combine(root, "owner"), account.Name, ct);
            return folder;
        }
        catch (Exception failure) when (failure is UnauthorizedAccessException or IOException { HResult: ReadOnlyFileSystem })
        {
            throw new EmbeddedPostgresException(
                $"{root} is not writable ({failure.Message}): run this as the user who created it, or choose another "
                    + "data folder.", failure)
            { IsNotWritable = true };
        }
    }

    /// <summary>Waits until no other program starts or stops this server.</summary>
    internal async Task<FileStream> LockAsync(TimeSpan timeout, TimeProvider time, CancellationToken ct)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            if (FileLock.TryTake(Path.Combine(Root, "lock")) is { } held)
            {
                return held;
            }

            if (time.GetElapsedTime(start) > timeout)
            {
                throw new EmbeddedPostgresException(
                    $"Another program has been starting or stopping the database in {Root} for {timeout.TotalSeconds:0} s: "
                    + $"see {Log}, end that program, and try again.");
            }

            await Task.Delay(LockPoll, time, ct);
        }
    }

    /// <summary>Counts this program among the users until the result is disposed.</summary>
    internal ServerShare Join()
    {
        var path = Path.Combine(UsersFolder,
            string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}.{Guid.NewGuid():N}"));
        return new ServerShare(path, FileLock.TryTake(path) ?? throw new EmbeddedPostgresException($"{path} cannot be locked."));
    }

    /// <summary>Whether a living program uses the server; removes the files of dead ones. Requires the lock.</summary>
    internal bool HasUsers()
    {
        var living = false;
        foreach (var path in Directory.EnumerateFiles(UsersFolder))
        {
            if (FileLock.TryTake(path) is not { } dead)
            {
                living = true;
                continue;
            }

            File.Delete(path);
            dead.Dispose();
        }

        return living;
    }

    /// <summary>Creates the password if there is none. Requires the lock.</summary>
    internal async Task<string> PasswordAsync(CancellationToken ct)
    {
        if (!File.Exists(PasswordFile))
        {
            var made = RandomNumberGenerator.GetHexString(32, lowercase: true);
            var temporary = PasswordFile + ".new";
            File.Delete(temporary);
            await using (var stream = new FileStream(temporary, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = OwnerOnly,
            }))
            await using (var writer = new StreamWriter(stream))
            {
                await writer.WriteLineAsync($"127.0.0.1:*:*:{Cluster.Superuser}:{made}".AsMemory(), ct);
            }

            File.Move(temporary, PasswordFile);
        }

        return (await File.ReadAllTextAsync(PasswordFile, ct)).Trim().Split(':')[^1];
    }

    internal int? LastPort() =>
        File.Exists(PortFile) && int.TryParse(File.ReadAllText(PortFile), NumberStyles.None, CultureInfo.InvariantCulture,
            out var port)
            ? port
            : null;

    internal void RememberPort(int port) => File.WriteAllText(PortFile, port.ToString(CultureInfo.InvariantCulture));

    static async Task<string> WriteOnceAsync(string path, string text, CancellationToken ct)
    {
        if (!File.Exists(path))
        {
            var temporary = $"{path}.{Guid.NewGuid():N}";
            await File.WriteAllTextAsync(temporary, text, ct);
            try
            {
                File.Move(temporary, path, overwrite: false);
            }
            catch (IOException) when (File.Exists(path))
            {
                File.Delete(temporary);
            }
        }

        return (await File.ReadAllTextAsync(path, ct)).Trim();
    }
}
