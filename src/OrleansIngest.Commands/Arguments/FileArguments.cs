using OrleansIngest.Commands.Shell;
using OrleansIngest.Commands.Tables;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Commands.Arguments;

/// <summary>Resolves the paths of a command line to files.</summary>
static class FileArguments
{
    const string StandardInput = "-", StandardInputPath = "/dev/stdin";

    /// <summary>The pipes among the paths: standard input (<c>-</c>, <c>/dev/stdin</c>) and named pipes.</summary>
    public static IReadOnlyList<PipeInput> Pipes(CliContext context, IReadOnlyList<string> paths) =>
    [
        .. paths.Where(path => IsPipe(context, path)).Distinct(StringComparer.Ordinal)
            .Select(path => path is StandardInput or StandardInputPath
            ? new PipeInput("stdin", context.Time, () => context.Surroundings.Input())
            : new PipeInput(context.FullPath(path), context.Time, () => File.OpenRead(context.FullPath(path)))),
    ];

    /// <summary>Whether a path of the command line is read once, and not a file.</summary>
    public static bool IsPipe(CliContext context, string path) => path switch
    {
        StandardInput => !Path.Exists(context.FullPath(path)), // a file may be called so
        StandardInputPath => true,
        _ => FileStat.IsPipe(context.FullPath(path)),
    };

    /// <summary>Resolves files as they are, and directories to the data files in them (neither hidden nor unfinished).</summary>
    /// <param name="context">Standard error gets a note about subdirectories that are not searched.</param>
    /// <param name="paths">As given on the command line.</param>
    /// <param name="isRecursive">Whether subdirectories are searched too.</param>
    /// <exception cref="CliException">A path does not exist, or is neither a file nor a directory.</exception>
    public static IReadOnlyList<SeenFile> Resolve(CliContext context, IReadOnlyList<string> paths, bool isRecursive)
    {
        var files = new List<SeenFile>();
        foreach (var path in paths.Select(context.FullPath))
        {
            if (Directory.Exists(path))
            {
                files.AddRange(Find(context, [path], isRecursive));
                // One level: enough to find out that there are files, and cheap above a large tree.
                if (!isRecursive && Directory.GetDirectories(path) is { Length: > 0 } below
                    && Find(context, below, isRecursive: false).Count > 0)
                    context.Error.WriteLine(
                        SafeText.Of($"note  {path}: files in its subdirectories are not loaded; --recursive loads them too"));
            }
            else
            {
                files.Add(One(path));
            }
        }

        return [.. files.DistinctBy(f => f.Path)];
    }

    static IReadOnlyList<SeenFile> Find(CliContext context, IReadOnlyList<string> directories, bool isRecursive)
    {
        using var discovery = new FileDiscovery(
            new DiscoveryOptions { Roots = directories, Recursive = isRecursive, SettleTime = TimeSpan.Zero, UseHints = false },
            context.Time);
        return discovery.Scan().Ready;
    }

    /// <summary>One file, not a directory.</summary>
    /// <param name="path">Absolute.</param>
    /// <exception cref="CliException">It does not exist, or is not a file.</exception>
    public static SeenFile One(string path)
    {
        if (FileStat.TryStat(path, out var file)) return file;
        if (Path.GetFileName(path) == StandardInput && !Path.Exists(path))
            throw CliException.Usage("standard input (-) can only be loaded: write it to a file first");
        if (Directory.Exists(path)) throw CliException.Usage($"{path} is a directory: name one of its files");
        throw CliException.Usage(Path.Exists(path)
            ? $"{path} is not a regular file: write the output of the pipe or device to a file first"
            : $"{path} does not exist");
    }
}
