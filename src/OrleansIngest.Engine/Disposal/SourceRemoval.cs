using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Disposal;

/// <summary>Removes a version of a file from its directory, and never another one: it is renamed, checked, and only then deleted.
/// A version that arrived just before the rename gets its name back.</summary>
static class SourceRemoval
{
    /// <summary>Prefix of temporary names; files with such names are never loaded.</summary>
    public const string AsidePrefix = ".ingest-";

    /// <summary>The temporary name.</summary>
    public static string AsideOf(string path, long fileId) =>
        Path.Combine(Path.GetDirectoryName(path)!,
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{AsidePrefix}{fileId}.aside"));

    /// <summary>Deletes the version.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="fileId">Part of the temporary name.</param>
    /// <param name="isVersion">Whether a file is the version; called before and after the rename.</param>
    /// <returns>Whether the version was deleted; the path is then free or belongs to another version.</returns>
    public static bool Remove(string path, long fileId, Func<SeenFile, bool> isVersion)
    {
        if (!FileStat.TryStat(path, out var there) || !isVersion(there)) return false;
        var aside = AsideOf(path, fileId);
        if (FileMoves.Move(path, aside) != MoveOutcome.Moved) return false;
        CrashPoint.Hit("disposal-aside");
        var removed = SettleAside(path, fileId, isVersion);
        FileMoves.Sync(Path.GetDirectoryName(path)!);
        return removed;
    }

    /// <summary>Finishes what an earlier program left unfinished: deletes the version, or gives another version its name
    /// back.</summary>
    /// <returns>Whether the version was deleted.</returns>
    public static bool SettleAside(string path, long fileId, Func<SeenFile, bool> isVersion)
    {
        var aside = AsideOf(path, fileId);
        if (!FileStat.TryStat(aside, out var moved)) return false;
        if (isVersion(moved))
        {
            File.Delete(aside);
            return true;
        }

        // A still newer version may have taken the name: both are kept and loaded.
        for (var n = 2; FileMoves.Move(aside, n == 2 ? path : Numbered(path, n - 1)) == MoveOutcome.Taken; n++)
        {
        }

        return false;
    }

    /// <summary>A name in the same directory with the same extension, so that the file is loaded as well.</summary>
    static string Numbered(string path, int number) => Path.Combine(
        Path.GetDirectoryName(path)!, string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{Path.GetFileNameWithoutExtension(path)}.{number}{Path.GetExtension(path)}"));
}
