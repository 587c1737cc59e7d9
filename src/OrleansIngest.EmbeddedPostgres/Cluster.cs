using System.Globalization;

namespace OrleansIngest.EmbeddedPostgres;

/// <summary>The data folder itself, created atomically by initdb.</summary>
static class Cluster
{
    /// <summary>Not "ingest": the default search_path would then put a user's tables into the schema
    /// of that name, the ledger.</summary>
    internal const string Superuser = "postgres";
    const string Unfinished = "data.new-";

    /// <summary>Major version that created the folder; null if there is none yet.</summary>
    internal static int? Version(ServerFolder folder)
    {
        var file = Path.Combine(folder.Data, "PG_VERSION");
        return File.Exists(file) ? int.Parse(File.ReadAllText(file).Trim().Split('.')[0], CultureInfo.InvariantCulture) : null;
    }

    /// <summary>Runs initdb in a temporary folder and renames it at the end, so that a killed initdb leaves nothing that looks
    /// complete.</summary>
    internal static async Task CreateAsync(ServerFolder folder, PostgresBinaries binaries, bool sync, CancellationToken ct)
    {
        foreach (var leftover in Directory.EnumerateDirectories(folder.Root, Unfinished + "*"))
        {
            Directory.Delete(leftover, recursive: true);
        }

        var password = await folder.PasswordAsync(ct);
        var work = Path.Combine(folder.Root, Unfinished + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(work, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var passwordFile = Path.Combine(work, "password");
        await File.WriteAllTextAsync(passwordFile, password + "\n", ct);
        folder.Account.Own(passwordFile);
        folder.Account.Own(work);

        // Text is compared as bytes (fast indexes), and letters are classified by Unicode; plain C if the system has no C.UTF-8.
        string[][] locales = [["--lc-collate=C", "--lc-ctype=C.UTF-8"], ["--locale=C"]];
        var (code, output) = (1, "");
        foreach (var locale in locales)
        {
            (code, output) = await Command.RunAsync(folder.Account.Wrap([
                binaries.Path("initdb"), "-D", Path.Combine(work, "data"), "--username=" + Superuser, "--pwfile=" + passwordFile,
                "--auth=scram-sha-256", "--encoding=UTF8", .. locale, .. sync ? Array.Empty<string>() : ["--no-sync"]]), ct);
            if (code == 0)
            {
                break;
            }
        }

        if (code != 0)
        {
            throw new EmbeddedPostgresException(
                $"initdb could not create the database in {folder.Root} (exit code {code}). Its output:\n{output}\n"
                + "Fix this (free space? permissions?), or choose another data folder.");
        }

        // A folder without a PG_VERSION never was a database.
        if (Directory.Exists(folder.Data))
        {
            Directory.Move(folder.Data, $"{folder.Data}.broken-{Guid.NewGuid():N}");
        }

        Directory.Move(Path.Combine(work, "data"), folder.Data);
        Directory.Delete(work, recursive: true);
    }
}
