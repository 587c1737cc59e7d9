using System.Globalization;
using System.Text.RegularExpressions;
using OrleansIngest.EmbeddedPostgres.Packages;

namespace OrleansIngest.EmbeddedPostgres;

/// <summary>The PostgreSQL programs on this machine.</summary>
sealed partial class PostgresBinaries
{
    const int OldestVersion = 13;
    internal const string Variable = "INGEST_PG_BIN";

    /// <summary>The value of the variable that selects npm's package instead of a folder.</summary>
    internal const string Npm = "npm";

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

    internal PostgresBinaries(string folder, int version) => (Folder, Version) = (folder, version);

    internal string Folder { get; }

    /// <summary>The major version, for example 15.</summary>
    internal int Version { get; }

    internal string Path(string program) => System.IO.Path.Combine(Folder, program);

    /// <summary>psql of the same version, or the machine's, because npm's package has none; just its name if there is
    /// none.</summary>
    internal string Psql => File.Exists(Path("psql")) ? Path("psql") : Command.Find("psql") ?? "psql";

    /// <summary>Uses the folder that is <paramref name="asked"/> for, or that of INGEST_PG_BIN, or searches: the newest installed
    /// version, or the <paramref name="version"/> of an existing data folder, which no other version can open. If none is
    /// installed, npm's package is downloaded. An installed one is preferred because the system keeps it up to date, and it has
    /// psql.</summary>
    /// <param name="asked">A folder, or <c>npm</c>.</param>
    /// <param name="version">Null for a new data folder.</param>
    /// <param name="packages">Null if no package runs on this machine.</param>
    /// <param name="installed">Where to search. Default: the usual places.</param>
    /// <param name="ct">Cancels a download.</param>
    internal static async Task<PostgresBinaries> FindAsync(
        string? asked, int? version, PackageCache? packages, CancellationToken ct, IEnumerable<string>? installed = null)
    {
        asked ??= Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } variable ? variable : null;
        if (asked == Npm)
        {
            var package = packages is null ? throw NoPackage() : await packages.EnsureAsync(ct);
            return Best([package], version) ?? throw NotFound([package], version);
        }

        if (asked is not null && !HasServer(asked))
        {
            throw new EmbeddedPostgresException(
                $"{asked} does not contain postgres and initdb: set {Variable} to the folder that does, or unset it.")
            { BinariesMissing = true };
        }

        var found = new List<PostgresBinaries>();
        foreach (var folder in asked is not null ? [asked] : (installed ?? UsualFolders()).Distinct().Where(HasServer))
        {
            found.Add(new PostgresBinaries(folder, await VersionAsync(folder, ct)));
        }

        var best = Best(found, version) ?? (asked is null ? packages?.Find(version) : null);
        if (best is null && asked is null && packages is not null && (version is null || version == packages.Package.Major))
        {
            best = await DownloadAsync(packages, found, ct);
        }

        return best ?? throw NotFound(found, version);
    }

    static PostgresBinaries? Best(IEnumerable<PostgresBinaries> found, int? version) =>
        found.Where(binaries => binaries.Version >= OldestVersion && (version is null || binaries.Version == version))
            .MaxBy(binaries => binaries.Version);

    static async Task<PostgresBinaries> DownloadAsync(PackageCache packages, List<PostgresBinaries> found, CancellationToken ct)
    {
        try
        {
            return await packages.EnsureAsync(ct);
        }
        catch (EmbeddedPostgresException failure) when (failure.BinariesMissing)
        {
            throw new EmbeddedPostgresException(
                $"No PostgreSQL {OldestVersion} or later is installed (found: {Names(found)}), and {failure.Message}\n{Advice}",
                failure)
            { BinariesMissing = true };
        }
    }

    static EmbeddedPostgresException NotFound(List<PostgresBinaries> found, int? version)
    {
        var message = version is null
            ? $"No PostgreSQL {OldestVersion} or later was found on this machine (found: {Names(found)}). {Advice}"
            : $"The data folder was created by PostgreSQL {version}, and only that version can open it (found: {Names(found)}). "
                + $"Install PostgreSQL {version}, or move the data folder away to start with an empty database.";
        return new EmbeddedPostgresException(message) { BinariesMissing = true };
    }

    static EmbeddedPostgresException NoPackage() => new(
        $"{Variable} is {Npm}, but npm's package of PostgreSQL runs only on Linux on x86-64 with glibc. {Advice}")
    { BinariesMissing = true };

    static string Advice => "Install PostgreSQL (Debian, Ubuntu: apt-get install postgresql; macOS: brew install postgresql@17), "
        + $"set {Variable} to the folder of its programs, "
        + "or use your own server: DATABASE_URL=postgres://user:password@host:port/database";

    static string Names(List<PostgresBinaries> found) =>
        found.Count == 0 ? "none" : string.Join(", ", found.Select(binaries => $"{binaries.Version} in {binaries.Folder}"));

    static IEnumerable<string> UsualFolders() =>
        UsualPlaces.Where(place => Directory.Exists(place.Parent))
            .SelectMany(place => Directory.EnumerateDirectories(place.Parent, place.Pattern)
                .Select(folder => System.IO.Path.Combine(folder, place.Below)))
            .Concat(Command.Find("postgres") is { } server ? [System.IO.Path.GetDirectoryName(server)!] : []);

    internal static bool HasServer(string folder) =>
        File.Exists(System.IO.Path.Combine(folder, "postgres")) && File.Exists(System.IO.Path.Combine(folder, "initdb"));

    static async Task<int> VersionAsync(string folder, CancellationToken ct)
    {
        // Debian's folder names contain the version, which saves a process at every start.
        var digits = DebianFolder().Match(folder) is { Success: true } match
            ? match.Groups[1].Value
            : FirstNumber()
                .Match((await Command.RunAsync([System.IO.Path.Combine(folder, "postgres"), "--version"], ct)).Output).Value;
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;
    }

    [GeneratedRegex(@"^/usr/lib/postgresql/(\d+)/bin/?$")]
    private static partial Regex DebianFolder();

    [GeneratedRegex(@"\d+")]
    private static partial Regex FirstNumber();
}
