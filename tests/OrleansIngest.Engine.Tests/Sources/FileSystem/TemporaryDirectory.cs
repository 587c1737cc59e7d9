using System.Diagnostics;

namespace OrleansIngest.Engine.Tests.Sources.FileSystem;

/// <summary>A real directory of a test's own, deleted at the end.</summary>
sealed class TemporaryDirectory : IDisposable
{
    public TemporaryDirectory() => Root = Directory.CreateTempSubdirectory("ingest-discovery-").FullName;

    public string Root { get; }

    public string this[string name] => Path.Combine(Root, name);

    public string Write(string name, string content, DateTimeOffset? modified = null)
    {
        var path = this[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        if (modified is { } instant)
            File.SetLastWriteTimeUtc(path, instant.UtcDateTime);
        return path;
    }

    /// <summary>Runs a command that .NET has no call for.</summary>
    public static void Shell(string command)
    {
        using var process = Process.Start("sh", ["-c", command]);
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, command);
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Root, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // The test deleted it itself.
        }
    }
}
