namespace OrleansIngest.Monitor.Tests.Api;

/// <summary>A test with a monitor over a ledger of its own, and the operator's token: for tests that change something.</summary>
public abstract class OperatorTest : IAsyncLifetime
{
    private protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    private protected Ledger Ledger { get; private set; } = null!;

    private protected MonitorProcess Monitor { get; private set; } = null!;

    /// <summary>Sends the operator's token.</summary>
    private protected HttpClient Operator { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Ledger = await Ledger.CreateAsync();
        Monitor = await MonitorProcess.StartAsync(Ledger.ConnectionString);
        Operator = Monitor.Client(MonitorProcess.OperatorToken);
    }

    public async ValueTask DisposeAsync()
    {
        Operator?.Dispose();
        if (Monitor is not null) await Monitor.DisposeAsync();
        if (Ledger is not null) await Ledger.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
