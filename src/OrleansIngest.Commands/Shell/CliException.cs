namespace OrleansIngest.Commands.Shell;

/// <summary>A message for the person at the keyboard: shown without a stack trace, ends the program with
/// <see cref="ExitCode"/>.</summary>
/// <param name="message">What is wrong and what would help; never a password.</param>
/// <param name="exitCode">One of <see cref="Shell.ExitCode"/>.</param>
public sealed class CliException(string message, int exitCode = Shell.ExitCode.Failed) : Exception(message)
{
    /// <summary>What the program ends with.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>Wrong usage or configuration: exit code 2.</summary>
    public static CliException Usage(string message) => new(message, Shell.ExitCode.Usage);
}
