namespace OrleansIngest.Testing;

/// <summary>Ends <see cref="TestPostgres"/> after the last test of a program.
/// <c>tests/Directory.Build.targets</c> makes it an assembly fixture of every test project that refers to this one.</summary>
public sealed class TestPostgresLifetime : IAsyncDisposable
{
    public async ValueTask DisposeAsync() => await TestPostgres.StopAsync();
}
