using System.Runtime.InteropServices;
using OrleansIngest.Cli.Shell;

using var interrupted = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
return await IngestCli.RunAsync(args, CliSurroundings.OfProcess(), interrupted.Token);

// The first signal asks; the second means it.
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
