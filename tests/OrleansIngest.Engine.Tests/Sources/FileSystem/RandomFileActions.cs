using Microsoft.Extensions.Time.Testing;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Tests.Sources.FileSystem;

/// <summary>What producers do to files, at random: create, append, truncate, overwrite, replace by rename, rename, delete, set
/// times; and what leaves size and mtime as they were: overwrite in place, replace by rename, change rights, link.</summary>
sealed class RandomFileActions(TemporaryDirectory directory, string[] names, Random random, FakeTimeProvider time)
{
    readonly string _elsewhere = directory.Root + "-elsewhere";

    /// <summary>Does one thing and says what.</summary>
    public string DoOne()
    {
        var name = names[random.Next(names.Length)];
        var path = directory[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var action = File.Exists(path) ? random.Next(12) : 0;
        switch (action)
        {
            case 0:
                File.WriteAllText(path, Text());
                Stamp(path);
                return $"write {name}";
            case 1 or 2:
                File.AppendAllText(path, Text());
                Stamp(path);
                return $"append to {name}";
            case 3:
                using (var file = File.OpenWrite(path))
                    file.SetLength(random.Next((int)file.Length + 1));
                Stamp(path);
                return $"truncate {name}";
            case 4:
                // Written outside of the watched directory, then renamed over the old file: another inode.
                File.WriteAllText(_elsewhere, Text());
                Stamp(_elsewhere);
                File.Move(_elsewhere, path, overwrite: true);
                return $"replace {name}";
            case 5:
                var target = names[random.Next(names.Length)];
                Directory.CreateDirectory(Path.GetDirectoryName(directory[target])!);
                File.Move(path, directory[target], overwrite: true);
                return $"rename {name} to {target}";
            case 6 when Path.GetDirectoryName(path) is { } parent && parent != directory.Root:
                Directory.Delete(parent, recursive: true);
                return $"delete the directory of {name}";
            case 6:
                File.Delete(path);
                return $"delete {name}";
            case 7:
                File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime.AddMilliseconds(random.Next(-3_000, 3_000)));
                return $"touch {name} near now";
            case 8:
                var modified = File.GetLastWriteTimeUtc(path);
                File.WriteAllText(path, new string('y', (int)new FileInfo(path).Length));
                File.SetLastWriteTimeUtc(path, modified);
                return $"overwrite {name} and set its time back";
            case 9:
                File.WriteAllText(_elsewhere, new string('z', (int)new FileInfo(path).Length));
                File.SetLastWriteTimeUtc(_elsewhere, File.GetLastWriteTimeUtc(path));
                File.Move(_elsewhere, path, overwrite: true);
                return $"replace {name} by one of its size and time";
            case 10:
                File.SetUnixFileMode(path, File.GetUnixFileMode(path) ^ UnixFileMode.OtherRead);
                return $"change the rights of {name}";
            default:
                var hours = random.Next(-50, 50);
                File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime.AddHours(hours));
                return $"touch {name} {hours} hours from now";
        }
    }

    /// <summary>What is there now.</summary>
    public Dictionary<string, SeenFile> Truth()
    {
        var truth = new Dictionary<string, SeenFile>();
        foreach (var path in Directory.EnumerateFiles(directory.Root, "*",
            new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
        {
            FileStat.TryStat(path, out var file).ShouldBeTrue(path);
            truth.Add(path, file);
        }

        return truth;
    }

    string Text() => new('x', random.Next(5));

    /// <summary>The file system writes the machine's clock; the test lives by its own.</summary>
    void Stamp(string path) => File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime);
}
