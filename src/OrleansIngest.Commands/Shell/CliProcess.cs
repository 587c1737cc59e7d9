using System.Globalization;
using System.Runtime.InteropServices;

namespace OrleansIngest.Commands.Shell;

/// <summary>A program around commands: this process's arguments, streams and signals.</summary>
static class CliProcess
{
    /// <summary>From the first Ctrl-C or SIGTERM to the end of the process, whatever the command still waits for. A silo's own
    /// limit (9 s, <c>SiloOptions.ShutdownTimeout</c>) comes first; process managers kill after 10 s (Docker) or later.</summary>
    internal static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(9.5);

    /// <summary>Kept, or the collector would take the timer.</summary>
    static ITimer? _deadline;

    /// <summary>Runs one command line. Ctrl-C and SIGTERM ask it to end, for which it has <see cref="EndsWithin"/>;
    /// the second of them ends it, unless it arrives together with the first (<see cref="StopSignals"/>).</summary>
    /// <param name="commands">What the program can do.</param>
    /// <param name="arguments">As typed, without the program's name.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<IngestCommand> commands, IReadOnlyList<string> arguments)
    {
        var cli = new IngestCli(commands);
        var surroundings = CliSurroundings.OfProcess();
        var signals = new StopSignals(surroundings.Time);
        using var interrupted = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        return await cli.RunAsync(arguments, surroundings, interrupted.Token);

        void Interrupt(PosixSignalContext signal)
        {
            if (ForegroundProgram.Runs && signal.Signal == PosixSignal.SIGINT)
            {
                signal.Cancel = true;
                return;
            }

            var request = signals.Take();
            if (request == StopRequest.Urgent) ImmediateExit.With(ExitCode.Interrupted);
            signal.Cancel = true;
            if (request == StopRequest.Repeated) return;
            // First, because callbacks of the cancellation may block this thread.
            _deadline = surroundings.Time.CreateTimer(_ => EndNow(cli, surroundings), null, EndsWithin, Timeout.InfiniteTimeSpan);
            interrupted.Cancel();
        }
    }

    static void EndNow(IngestCli cli, CliSurroundings surroundings)
    {
        surroundings.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"ingest: not all work ended within {EndsWithin.TotalSeconds:0.0} s; the next start or another node will load the "
                + $"uncommitted part"));
        ImmediateExit.With(cli.ExitCodeWhenStopped);
    }
}
