using System.Runtime.InteropServices;

namespace OrleansIngest.Commands.Shell;

/// <summary>A program around commands: this process's arguments, streams and signals.</summary>
static class CliProcess
{
    /// <summary>Runs one command line. Ctrl-C and SIGTERM ask it to end; the second of them ends it.</summary>
    /// <param name="commands">What the program can do.</param>
    /// <param name="arguments">As typed, without the program's name.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<IngestCommand> commands, IReadOnlyList<string> arguments)
    {
        using var interrupted = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        return await new IngestCli(commands).RunAsync(arguments, CliSurroundings.OfProcess(), interrupted.Token);

        void Interrupt(PosixSignalContext signal)
        {
            if (ForegroundProgram.Runs && signal.Signal == PosixSignal.SIGINT)
            {
                signal.Cancel = true;
                return;
            }

            if (interrupted.IsCancellationRequested)
                Environment.Exit(ExitCode.Interrupted);
            signal.Cancel = true;
            interrupted.Cancel();
        }
    }
}
