using System.Data.Common;
using Microsoft.Extensions.Logging;
using OrleansIngest.Engine.Coordination;

namespace OrleansIngest.Hosting;

/// <summary>Runs the coordinator of one pipeline, round after round.</summary>
sealed partial class PipelineRounds(Coordinator coordinator, string pipeline, TimeProvider time, ILogger<PipelineRounds> logger)
{
    static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    string? _failure;

    /// <summary>Starts the next round at once, because there is room for another file.</summary>
    public void Wake() => coordinator.Wake();

    /// <summary>Returns when it is cancelled; a failure of the database is logged once, and the next round tries again.</summary>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        using (coordinator)
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                try
                {
                    var wait = await coordinator.RunRoundAsync(stoppingToken);
                    if (_failure is not null) LogRecovered(pipeline);
                    _failure = null;
                    if (wait > TimeSpan.Zero) await coordinator.WaitAsync(wait, stoppingToken);
                }
                catch (Exception failure)
                {
                    if (stoppingToken.IsCancellationRequested) return;
                    if (_failure != failure.Message)
                        LogFailed(pipeline, failure.Message, failure is DbException ? null : failure);
                    _failure = failure.Message;
                    await Task.Delay(AfterFailure, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Pipeline {Pipeline:l}: a round failed and will be retried until it succeeds: {Reason}")]
    partial void LogFailed(string pipeline, string reason, Exception? failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "Pipeline {Pipeline:l}: continues")]
    partial void LogRecovered(string pipeline);
}
