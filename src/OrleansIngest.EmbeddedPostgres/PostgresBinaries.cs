using System.Globalization;
using System.Text.RegularExpressions;

namespace OrleansIngest.EmbeddedPostgres;

/// <summary>The PostgreSQL programs on this machine.</summary>
sealed partial class PostgresBinaries
{
    const int OldestVersion = 13;
    internal const string Variable = "INGEST_PG_BIN";

    static readonly (string Parent, string Pattern, string Below)[] UsualPlaces =
    [
        ("/usr/lib/postgresql", "*", "bin"),
        ("/usr", "pgsql-*", "bin"),
        ("/usr/libexec", "postgresql*", ""),
        ("/opt/homebrew/opt", "postgresql*", "bin"),
        ("/usr/local/opt", "postgresql*", "bin"),
        ("/Applications/Postgres.app/Contents/Versions", "*", "bin"),
        ("/usr/local", "pgsql", "bin"),
    ];

    PostgresBinaries(string folder, int version) => (Folder, Version) = (folder, version);

    internal string Folder { get; }

    /// <summary>The major version, for example 15.</summary>
    internal int Version { get; }

    internal string Path(string program) => System.IO.Path.Combine(Folder, program);

    /// <summary>Takes the folder that the options name (<paramref name="asked"/>), or that of INGEST_PG_BIN, or searches: the newest, or
    /// the <paramref name="version"/> of an existing data folder, which no other version can open.</summary>
    internal static async Task<PostgresBinaries> FindAsync(string? asked, int? version, CancellationToken ct)
    {
        asked ??= Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } variable ? variable : null;
        var folders = asked is not null ? [asked] : UsualFolders().Distinct().Where(HasServer).ToList();
        if (asked is not null && !HasServer(asked))
        {
            throw new EmbeddedPostgresException(
                $"{asked} holds no postgres and initdb: set {Variable} to the folder that does, or unset it.")
            { BinariesMissing = true };
        }

        var found = new List<PostgresBinaries>();
        foreach (var folder in folders)
        {
            found.Add(new PostgresBinaries(folder, await VersionAsync(folder, ct)));
        }

        var best = found.Where(binaries => binaries.Version >= OldestVersion && (version is null || binaries.Version == version))
            .MaxBy(binaries => binaries.Version);
        return best ?? throw NotFound(found, version);
    }

    static EmbeddedPostgresException NotFound(List<PostgresBinaries> found, int? version)
    {
        var there = found.Count == 0 ? "none" : string.Join(", ", found.Select(b => $"{b.Version} in {b.Folder}"));
        var message = version is null
            ? $"No PostgreSQL {OldestVersion} or later was found on this machine (found: {there}). Install it "
                + "(Debian, Ubuntu: apt-get install postgresql; macOS: brew install postgresql@17), name its programs' folder in "
                + $"{Variable}, or use a server of your own: DATABASE_URL=postgres://user:password@host:port/database"
            : $"The data folder was made by PostgreSQL {version}, and only that version can open it (found: {there}). Install "
                + $"PostgreSQL {version}, or move the data folder away to begin with an empty database.";
        return new EmbeddedPostgresException(message) { BinariesMissing = true };
    }

    static IEnumerable<string> UsualFolders() =>
        UsualPlaces.Where(place => Directory.Exists(place.Parent))
            .SelectMany(place => Directory.EnumerateDirectories(place.Parent, place.Pattern)
                .Select(folder => System.IO.Path.Combine(folder, place.Below)))
            .Concat(Command.Find("postgres") is { } server ? [System.IO.Path.GetDirectoryName(server)!] : []);

    static bool HasServer(string folder) =>
        File.Exists(System.IO.Path.Combine(folder, "postgres")) && File.Exists(System.IO.Path.Combine(folder, "initdb"));

    static async Task<int> VersionAsync(string folder, CancellationToken ct)
    {
        // Debian's folder names tell the version, which saves a process at every start.
        var digits = DebianFolder().Match(folder) is { Success: true } match
            ? match.Groups[1].Value
            : FirstNumber().Match((await Command.RunAsync([System.IO.Path.Combine(folder, "postgres"), "--version"], ct)).Output).Value;
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;
    }

    [GeneratedRegex(@"^/usr/lib/postgresql/(\d+)/bin/?$")]
    private static partial Regex DebianFolder();

    [GeneratedRegex(@"\d+")]
    private static partial Regex FirstNumber();
}
