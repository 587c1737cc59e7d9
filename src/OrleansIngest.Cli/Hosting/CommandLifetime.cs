using Microsoft.Extensions.Hosting;

namespace OrleansIngest.Cli.Hosting;

/// <summary>The lifetime of a host inside a command: the command starts and stops it.</summary>
/// <remarks>The standard lifetime handles SIGTERM too, before <c>CliProcess</c> does, and stops the
/// host immediately. If that waits for a database that hangs, the command would get the signal only afterwards, and its limit
/// would start late.</remarks>
sealed class CommandLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
