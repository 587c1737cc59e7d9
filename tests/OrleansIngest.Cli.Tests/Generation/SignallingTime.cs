using Microsoft.Extensions.Time.Testing;

namespace OrleansIngest.Cli.Tests.Generation;

/// <summary>A clock that a test turns, and that says when somebody begins to wait.</summary>
sealed class SignallingTime : FakeTimeProvider
{
    readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done once a timer was made.</summary>
    public Task Waiting => _waiting.Task;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _waiting.TrySetResult();
        return timer;
    }
}
