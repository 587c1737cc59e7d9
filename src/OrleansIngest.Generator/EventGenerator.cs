using System.Globalization;

namespace OrleansIngest.Generator;

/// <summary>Writes files of e-commerce events, and a manifest of what they contain.</summary>
public static class EventGenerator
{
    static readonly TimeSpan ManifestInterval = TimeSpan.FromSeconds(1);

    /// <summary>Writes all files, one each <see cref="GeneratorOptions.Interval"/>. The manifest is saved after each file
    /// (without a pause between files: at most once a second), at the end, and when cancelled; it lists a file only once that has
    /// its final name.</summary>
    /// <param name="options">What to write.</param>
    /// <param name="progress">Called for each file once it has its final name; in order, on the writing thread.</param>
    /// <param name="time">For the interval, the slow-write pause and <see cref="GeneratedFile.PlacedAt"/>.</param>
    /// <param name="cancellationToken">Stops the work; the file being written is not left behind.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="FilesExistException">Files with this prefix exist, and <see cref="GeneratorOptions.Existing"/> is
    /// Refuse.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static async Task<Manifest> WriteAsync(
        GeneratorOptions options, IProgress<GeneratedFile>? progress, TimeProvider time, CancellationToken cancellationToken)
    {
        options.Validate();
        var directory = Path.GetFullPath(options.OutputDirectory);
        Directory.CreateDirectory(directory);
        Directory.CreateDirectory(Path.GetDirectoryName(options.FullManifestPath)!);
        var (files, number) = Begin(options, directory);
        var manifest = new Manifest { Directory = directory, Files = files };
        var writer = new FilePlacer(options, directory, time);
        using var timer = options.Interval > TimeSpan.Zero ? new PeriodicTimer(options.Interval, time) : null;
        var saved = time.GetTimestamp();
        try
        {
            for (var written = 0; options.Files == 0 || written < options.Files; written++)
            {
                if (timer is not null && written > 0)
                    await timer.WaitForNextTickAsync(cancellationToken);
                cancellationToken.ThrowIfCancellationRequested();
                var file = await writer.PlaceAsync(number++, cancellationToken);
                files.Add(file);
                if (timer is not null || time.GetElapsedTime(saved) >= ManifestInterval)
                {
                    manifest.Save(options.FullManifestPath);
                    saved = time.GetTimestamp();
                }

                progress?.Report(file);
            }
        }
        finally
        {
            manifest.Save(options.FullManifestPath);
        }

        return manifest;
    }

    /// <summary>The files that the manifest keeps, and the number of the first new one.</summary>
    static (List<GeneratedFile> Kept, int FirstNumber) Begin(GeneratorOptions options, string directory)
    {
        if (options.Existing == ExistingFiles.Overwrite)
            return ([], 1);
        var highest = Directory.EnumerateFiles(directory, options.Prefix + "-*.csv").Select(path => Number(options, path))
            .DefaultIfEmpty(0).Max();
        if (options.Existing == ExistingFiles.Refuse)
            return highest == 0 ? ([], 1)
                : throw new FilesExistException(Path.Combine(directory, EventFile.Name(options, highest)));
        var kept = File.Exists(options.FullManifestPath) ? Manifest.Load(options.FullManifestPath).Files.ToList() : [];
        // A loader may have moved away files that the manifest still lists.
        foreach (var file in kept)
            highest = Math.Max(highest, Number(options, file.Name));
        return (kept, highest + 1);
    }

    static int Number(GeneratorOptions options, string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        return name.StartsWith(options.Prefix + "-", StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(options.Prefix.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture,
                out var number) ? number : 0;
    }
}
