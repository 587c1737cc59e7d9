namespace OrleansIngest.Monitor.Tests.Api;

/// <summary>A monitor over a ledger with some of everything, for tests that only read.</summary>
public sealed class MonitorFixture : IAsyncLifetime
{
    internal Ledger Ledger { get; private set; } = null!;

    internal MonitorProcess Monitor { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Ledger = await Ledger.CreateAsync();
        Monitor = await MonitorProcess.StartAsync(Ledger.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        if (Monitor is not null) await Monitor.DisposeAsync();
        if (Ledger is not null) await Ledger.DisposeAsync();
    }
}
