using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Discovery;

namespace OrleansIngest.Commands.Arguments;

/// <summary>Turns the paths of a command line into files.</summary>
static class FileArguments
{
    /// <summary>Files are taken as they are; of a directory, those in it that are data (not hidden, not unfinished).</summary>
    /// <exception cref="CliException">A path does not exist, or is neither.</exception>
    public static IReadOnlyList<SeenFile> Resolve(CliContext context, IReadOnlyList<string> paths)
    {
        var files = new List<SeenFile>();
        foreach (var path in paths.Select(context.FullPath))
        {
            if (Directory.Exists(path))
            {
                using var discovery = new FileDiscovery(new DiscoveryOptions { Roots = [path], SettleTime = TimeSpan.Zero, UseHints = false }, context.Time);
                files.AddRange(discovery.Look().Ready);
            }
            else if (FileStat.TryStat(path, out var file))
            {
                files.Add(file);
            }
            else
            {
                throw CliException.Usage(File.Exists(path) ? $"{path} is not a regular file" : $"{path} does not exist");
            }
        }

        return [.. files.DistinctBy(f => f.Path)];
    }
}
