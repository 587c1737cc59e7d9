using System.Globalization;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Disposal;

/// <summary>Moves or deletes a file's sentinel after the file. A sentinel that may belong to a newer version stays.</summary>
static class SentinelMove
{
    /// <summary>Archives or deletes the sentinel.</summary>
    /// <param name="path">Path of the data file, which was moved or deleted.</param>
    /// <param name="suffix">Suffix of the sentinel; null for none.</param>
    /// <param name="target">New path of the data file; null if it was deleted.</param>
    public static void Run(string path, string? suffix, string? target)
    {
        if (suffix is null || File.Exists(path) || !FileStat.TryStat(path + suffix, out _)) return;
        var sentinel = path + suffix;
        if (target is null)
        {
            File.Delete(sentinel);
            return;
        }

        for (var number = 1; ; number++)
        {
            var place = number == 1 ? target + suffix : string.Create(CultureInfo.InvariantCulture, $"{target}{suffix}.{number}");
            switch (FileMoves.Move(sentinel, place))
            {
                case MoveOutcome.Taken:
                    continue;
                case MoveOutcome.Impossible:
                    // on another device; it is small, and its content does not matter
                    File.Copy(sentinel, place, overwrite: true);
                    File.Delete(sentinel);
                    break;
                case MoveOutcome.Moved when File.Exists(path):
                    FileMoves.Move(place, sentinel); // a newer version has just arrived, perhaps with its sentinel
                    break;
            }

            FileMoves.Sync(Path.GetDirectoryName(place)!, Path.GetDirectoryName(sentinel)!);
            return;
        }
    }
}
