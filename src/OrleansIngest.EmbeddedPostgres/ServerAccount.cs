using System.Globalization;
using System.Runtime.InteropServices;

namespace OrleansIngest.EmbeddedPostgres;

/// <summary>The operating system's user that the server runs as. PostgreSQL refuses to run as root, so root runs it as another
/// user.</summary>
sealed class ServerAccount
{
    static readonly string[] Candidates = ["postgres", "nobody"];

    readonly uint _uid;
    readonly uint _gid;
    readonly IReadOnlyList<string> _prefix;

    ServerAccount(string name, uint uid, uint gid, IReadOnlyList<string> prefix) =>
        (Name, _uid, _gid, _prefix) = (name, uid, gid, prefix);

    internal string Name { get; }

    /// <summary>True when this program runs as root and the server as another user.</summary>
    internal bool IsOther => _prefix.Count > 0;

    /// <summary>This user, or another for root: the <paramref name="owner"/> of an existing data
    /// folder, null when it is new.</summary>
    internal static ServerAccount Choose(string? owner, string folder)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return owner is null || owner == Environment.UserName
                ? new ServerAccount(Environment.UserName, 0, 0, [])
                : throw new EmbeddedPostgresException(
                    $"The database in {folder} belongs to the user {owner}, not to {Environment.UserName}: run this as root or "
                        + $"as {owner}.");
        }

        foreach (var candidate in owner is null ? Candidates : [owner])
        {
            if (Lookup(candidate) is var (uid, gid) && uid != 0)
            {
                return new ServerAccount(candidate, uid, gid, Prefix(candidate, uid, gid));
            }
        }

        throw new EmbeddedPostgresException(owner is null
            ? "PostgreSQL refuses to run as root, and this machine has neither a user postgres nor nobody: "
                + "create one (useradd --system postgres), or run this as an ordinary user."
            : $"The database in {folder} belongs to the user {owner}, who does not exist on this machine: "
                + "create that user, or move the folder away to start with an empty database.");
    }

    /// <summary>The command line that runs <paramref name="commandLine"/> as this user.</summary>
    internal IReadOnlyList<string> Wrap(IReadOnlyList<string> commandLine) => [.. _prefix, .. commandLine];

    /// <summary>Gives a file or folder to this user.</summary>
    internal void Own(string path)
    {
        if (IsOther && NativeMethods.Chown(path, _uid, _gid) != 0)
        {
            throw new EmbeddedPostgresException(
                $"{path} cannot be assigned to the user {Name}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}. "
                + "Choose a data folder on a file system that supports owners, or run this as an ordinary user.");
        }
    }

    /// <summary>Whether this user can reach the folder: every folder above it must let others through.</summary>
    internal async Task<bool> CanReachAsync(string folder, CancellationToken ct) =>
        !IsOther || (await Command.RunAsync(Wrap([Command.Find("test") ?? "test", "-x", folder]), ct)).ExitCode == 0;

    static IReadOnlyList<string> Prefix(string name, uint uid, uint gid) =>
        Command.Find("setpriv") is { } setpriv
            ? [setpriv, string.Create(CultureInfo.InvariantCulture, $"--reuid={uid}"),
                string.Create(CultureInfo.InvariantCulture, $"--regid={gid}"), "--clear-groups", "--"]
            : Command.Find("runuser") is { } runuser
                ? [runuser, "-u", name, "--"]
                : throw new EmbeddedPostgresException(
                    "PostgreSQL refuses to run as root, and neither setpriv nor runuser is available to change the user: "
                    + "install util-linux, or run this as an ordinary user.");

    static (uint Uid, uint Gid)? Lookup(string name) =>
        File.ReadLines("/etc/passwd").Select(line => line.Split(':'))
            .Where(fields => fields.Length > 3 && fields[0] == name)
            .Select(fields => ((uint, uint)?)(uint.Parse(fields[2], CultureInfo.InvariantCulture),
                uint.Parse(fields[3], CultureInfo.InvariantCulture)))
            .FirstOrDefault();
}
