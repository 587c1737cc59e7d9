using System.Collections.Concurrent;

namespace OrleansIngest.Engine.Sources;

/// <summary>A pipe whose first bytes are examined before all of it is loaded. What the examination reads is kept in memory, and
/// comes first when the pipe is read.</summary>
/// <remarks>A decoder reads ahead on another thread, and may still wait for the pipe when the examination is over. Its bytes are
/// kept too, and the bytes before them can be read meanwhile.</remarks>
sealed class ExaminedPipe
{
    readonly Stream _pipe;
    readonly Lock _reading = new();
    readonly ConcurrentQueue<byte[]> _kept = [];
    long _keptBytes;
    volatile bool _isExamined;

    /// <param name="pipe">Owned by <see cref="Whole"/>.</param>
    public ExaminedPipe(Stream pipe)
    {
        _pipe = pipe;
        (First, Whole) = (new FirstBytes(this), new AllBytes(this));
    }

    /// <summary>For the examination.</summary>
    public Stream First { get; }

    /// <summary>The pipe from its first byte.</summary>
    public Stream Whole { get; }

    /// <summary>Number of bytes that were read for the examination.</summary>
    public long KeptBytes => Interlocked.Read(ref _keptBytes);

    /// <summary>Ends the examination: nothing more is read for it.</summary>
    public void Finish() => _isExamined = true;

    sealed class FirstBytes(ExaminedPipe pipe) : ForwardStream
    {
        public override int Read(Span<byte> buffer)
        {
            lock (pipe._reading)
            {
                if (pipe._isExamined) return 0;
                var read = pipe._pipe.Read(buffer);
                if (read > 0) pipe._kept.Enqueue(buffer[..read].ToArray());
                Interlocked.Add(ref pipe._keptBytes, read);
                return read;
            }
        }
    }

    sealed class AllBytes(ExaminedPipe pipe) : ForwardStream
    {
        ReadOnlyMemory<byte> _current;

        public override int Read(Span<byte> buffer)
        {
            if (!HasKept())
            {
                lock (pipe._reading)
                {
                    if (!HasKept()) return pipe._pipe.Read(buffer);
                }
            }

            var length = Math.Min(buffer.Length, _current.Length);
            _current.Span[..length].CopyTo(buffer);
            _current = _current[length..];
            return length;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) pipe._pipe.Dispose();
            base.Dispose(disposing);
        }

        bool HasKept()
        {
            if (_current.Length == 0 && pipe._kept.TryDequeue(out var next)) _current = next;
            return _current.Length > 0;
        }
    }
}
