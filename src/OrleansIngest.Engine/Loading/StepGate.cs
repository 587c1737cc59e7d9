namespace OrleansIngest.Engine.Loading;

/// <summary>Admits steps until it is closed. The closing action runs at once, or at the end of the running step. Pooled buffers
/// that were returned during a running step would be used by two files at once.</summary>
sealed class StepGate
{
    readonly Lock _lock = new();
    Action? _closing;
    bool _isClosed;
    bool _isBusy;

    /// <summary>False if the gate is closed; otherwise <see cref="Leave"/> must follow.</summary>
    public bool TryEnter()
    {
        lock (_lock) return !_isClosed && (_isBusy = true);
    }

    /// <summary>Ends a step.</summary>
    public void Leave()
    {
        Action? closing;
        lock (_lock)
        {
            _isBusy = false;
            (closing, _closing) = (_closing, null);
        }

        closing?.Invoke();
    }

    /// <summary>Closes the gate without waiting. <paramref name="closing"/> runs only once, however often this is
    /// called.</summary>
    public void Close(Action closing)
    {
        lock (_lock)
        {
            if (_isClosed) return;
            _isClosed = true;
            if (_isBusy)
            {
                _closing = closing;
                return;
            }
        }

        closing();
    }
}
