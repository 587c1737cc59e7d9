namespace OrleansIngest.Testing;

/// <summary>The files of this repository, for tests that read them.</summary>
public static class Repository
{
    /// <summary>The folder with <c>OrleansIngest.sln</c>, above the test program.</summary>
    public static string Root { get; } = Find();

    static string Find()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(directory.FullName, "OrleansIngest.sln")))
            directory = directory.Parent ?? throw new InvalidOperationException("OrleansIngest.sln is not above the tests");
        return directory.FullName;
    }

    /// <summary>The absolute path of a file or folder.</summary>
    /// <param name="path">From the root.</param>
    public static string Path(string path) => System.IO.Path.Combine(Root, path);
}
