using System.Globalization;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Disposal;

/// <summary>Takes a file's sentinel along, after the file. One that may be of a newer version stays.</summary>
static class SentinelMove
{
    /// <summary>Archives or deletes it.</summary>
    /// <param name="path">Of the data file, which is gone from there.</param>
    /// <param name="suffix">Of the sentinel; null for none.</param>
    /// <param name="target">Where the data file went; null when it was deleted.</param>
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
                    File.Copy(sentinel, place, overwrite: true); // of another device; small, and its bytes mean nothing
                    File.Delete(sentinel);
                    break;
                case MoveOutcome.Moved when File.Exists(path):
                    FileMoves.Move(place, sentinel); // a newer version came in this moment, and perhaps its sentinel
                    break;
            }

            FileMoves.Sync(Path.GetDirectoryName(place)!, Path.GetDirectoryName(sentinel)!);
            return;
        }
    }
}
