using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Grains;

/// <summary>Reads checkpoints from the ledger, one statement at a time: those requested while it runs are
/// read together by the next.</summary>
/// <remarks>Hundreds of small files a second wake hundreds of grains; a round trip for each would be most of their cost. A single
/// read does not wait.</remarks>
sealed class CheckpointReader(Func<IReadOnlyCollection<FileId>, Task<IReadOnlyDictionary<FileId, FileCheckpoint>>> read)
{
    readonly Lock _lock = new();
    Dictionary<FileId, TaskCompletionSource<FileCheckpoint>> _waiting = [];
    bool _isReading;

    /// <returns>The checkpoint as it is after the call; an empty one for a file that is not in the ledger.</returns>
    public Task<FileCheckpoint> ReadAsync(FileId file)
    {
        TaskCompletionSource<FileCheckpoint>? answer;
        lock (_lock)
        {
            if (!_waiting.TryGetValue(file, out answer))
                _waiting.Add(file,
                    answer = new TaskCompletionSource<FileCheckpoint>(TaskCreationOptions.RunContinuationsAsynchronously));
            if (_isReading) return answer.Task;
            _isReading = true;
        }

        _ = Task.Run(ReadAllAsync);
        return answer.Task;
    }

    async Task ReadAllAsync()
    {
        while (true)
        {
            Dictionary<FileId, TaskCompletionSource<FileCheckpoint>> asked;
            lock (_lock)
            {
                if (_waiting.Count == 0)
                {
                    _isReading = false;
                    return;
                }

                (asked, _waiting) = (_waiting, []);
            }

            try
            {
                var found = await read(asked.Keys);
                foreach (var (file, answer) in asked) answer.SetResult(found.GetValueOrDefault(file) ?? new FileCheckpoint());
            }
            catch (Exception failure)
            {
                // Each grain that requested a checkpoint fails to activate, and the ledger releases its claim.
                foreach (var answer in asked.Values) answer.SetException(failure);
            }
        }
    }
}
