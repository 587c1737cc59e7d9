using System.Threading.Channels;

namespace OrleansIngest.Monitor.Live;

/// <summary>A listener. A slow listener misses the oldest events; the newest contain the whole state.</summary>
sealed class LiveSubscription(IReadOnlySet<string> topics, Action<LiveSubscription> leave) : IDisposable
{
    const int Waiting = 8;

    readonly Channel<LiveEvent> _events = Channel.CreateBounded<LiveEvent>(new BoundedChannelOptions(Waiting)
    {
        FullMode = BoundedChannelFullMode.DropOldest,
        SingleReader = true,
    });

    public ChannelReader<LiveEvent> Events => _events.Reader;

    public bool Wants(string topic) => topics.Contains(topic);

    public void Offer(LiveEvent happened)
    {
        if (Wants(happened.Topic)) _events.Writer.TryWrite(happened);
    }

    public void Dispose() => leave(this);
}
