using System.Collections.Concurrent;

namespace OrleansIngest.Grains;

/// <summary>Notifies coordinators that files have ended here: the first at once, those of the
/// next 10 ms in one message.</summary>
sealed class CoordinatorWakeUps(IGrainFactory grains, LocalNodes local, TimeProvider time)
{
    static readonly TimeSpan Window = TimeSpan.FromMilliseconds(10);

    readonly ConcurrentDictionary<GrainKey, State> _states = new();

    public void FileEnded(GrainKey pipeline)
    {
        if (local.Draining.IsCancellationRequested) return; // this node takes no more files, and Orleans stops soon
        var state = _states.GetOrAdd(pipeline, static _ => new State());
        lock (state)
        {
            state.IsDue = true;
            if (state.IsSending) return;
            state.IsSending = true;
        }

        _ = Task.Run(() => SendAsync(pipeline, state));
    }

    async Task SendAsync(GrainKey pipeline, State state)
    {
        while (true)
        {
            lock (state)
            {
                if (!state.IsDue)
                {
                    state.IsSending = false;
                    return;
                }

                state.IsDue = false;
            }

            try
            {
                await grains.GetGrain<ICoordinatorGrain>(pipeline.ToString()).WakeAsync();
            }
            catch (Exception)
            {
                // One-way: nothing waits for it, and the coordinator checks every second anyway.
            }

            await Task.Delay(Window, time);
        }
    }

    sealed class State
    {
        public bool IsDue { get; set; }

        public bool IsSending { get; set; }
    }
}
