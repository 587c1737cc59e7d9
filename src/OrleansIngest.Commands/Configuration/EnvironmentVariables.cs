using OrleansIngest.Commands.Shell;

namespace OrleansIngest.Commands.Configuration;

/// <summary>Variables of the environment, else of <c>.env</c> in the working directory; empty ones are not set.</summary>
sealed class EnvironmentVariables
{
    readonly CliSurroundings _surroundings;
    readonly Lazy<IReadOnlyDictionary<string, string>> _file;

    EnvironmentVariables(CliSurroundings surroundings)
    {
        _surroundings = surroundings;
        _file = new(() => Load(surroundings.WorkingDirectory));
    }

    public static EnvironmentVariables Of(CliSurroundings surroundings) => new(surroundings);

    /// <summary>A variable's value; null when it is not set.</summary>
    /// <exception cref="CliException"><c>.env</c> cannot be read.</exception>
    public string? Find(string name)
    {
        if (_surroundings.Environment.TryGetValue(name, out var value) || _file.Value.TryGetValue(name, out value))
            return value.Length == 0 ? null : value;
        return null;
    }

    /// <summary>A secret: the variable's value, else the content of the file that <c>NAME_FILE</c> names.</summary>
    /// <exception cref="CliException">The file cannot be read.</exception>
    public string? FindOrRead(string name)
    {
        if (Find(name) is { } value)
            return value;
        if (Find(name + "_FILE") is not { } path)
            return null;
        try
        {
            return File.ReadAllText(Path.GetFullPath(path, _surroundings.WorkingDirectory)).TrimEnd('\r', '\n');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage($"cannot read {name}_FILE: {exception.Message}");
        }
    }

    static Dictionary<string, string> Load(string workingDirectory)
    {
        var path = Path.Combine(workingDirectory, ".env");
        if (!File.Exists(path))
            return [];
        try
        {
            return DotNetEnv.Env.Load(path, new DotNetEnv.LoadOptions(setEnvVars: false, onlyExactPath: true))
                .GroupBy(pair => pair.Key, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.Last().Value, StringComparer.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage($"cannot read {path}: {exception.Message}");
        }
        catch (Exception exception) when (exception is FormatException or InvalidOperationException
            || exception.GetType().Namespace == "Sprache")
        {
            // The parser's own message would repeat the line, and so perhaps the password.
            throw CliException.Usage($"{path} is not a file of NAME=value lines");
        }
    }
}
