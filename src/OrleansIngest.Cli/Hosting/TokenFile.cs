using System.Buffers.Text;
using System.Security.Cryptography;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Monitor.Security;

namespace OrleansIngest.Cli.Hosting;

/// <summary>The operator's token if none is configured: generated once, stored beside the embedded PostgreSQL,
/// readable by its owner only.</summary>
static class TokenFile
{
    const int SecretBytes = 24;

    /// <summary>Where it is.</summary>
    public static string PathIn(CliContext context) =>
        Path.Combine(Path.GetDirectoryName(context.Surroundings.EmbeddedDirectory)!, "token");

    /// <exception cref="CliException">The file can be neither read nor written.</exception>
    public static AccessTokens Obtain(CliContext context)
    {
        var path = PathIn(context);
        try
        {
            var token = Read(path) ?? Create(path);
            context.Secrets.Add(token);
            return new AccessTokens(token, null);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"cannot store the operator's token in {path}: {failure.Message}; set INGEST_TOKEN instead");
        }
    }

    static string? Read(string path)
    {
        if (!File.Exists(path)) return null;
        var token = File.ReadAllText(path).Trim();
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0)
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return token.Length >= AccessTokens.ShortestLength ? token : null;
    }

    static string Create(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        var temporary = $"{path}.{Environment.ProcessId}";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(temporary, options)) writer.WriteLine(token);
        try
        {
            File.Move(temporary, path, overwrite: File.Exists(path)); // overwrites only what Read could not use
            return token;
        }
        catch (IOException) when (Read(path) is not null)
        {
            File.Delete(temporary);
            return Read(path)!; // another program was faster
        }
    }
}
