namespace OrleansIngest.Engine.Loading;

/// <summary>Lets steps in until it is closed, and has the closing done when none is under way: at once, or at the end of the step. Buffers of a pool that
/// were given back under a running step would be two files' at once.</summary>
sealed class StepGate
{
    readonly Lock _lock = new();
    Action? _closing;
    bool _isClosed;
    bool _isBusy;

    /// <summary>False when it is closed; otherwise <see cref="Leave"/> must follow.</summary>
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

    /// <summary>Does not wait. <paramref name="closing"/> runs once, however often this is called.</summary>
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
