using System.Net;
using OrleansIngest.Cli.Commands;
using OrleansIngest.Cli.Hosting;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Silo;
using OrleansIngest.Testing;

namespace OrleansIngest.Cli.Tests.Hosting;

public sealed class SiloSettingsTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("INGEST_ADVERTISE", "silo-1", "an IP address of this machine")]
    [InlineData("INGEST_SILO_PORT", "80", "1024 to 65435")]
    [InlineData("INGEST_MAX_FILES", "many", "1 to 10000")]
    public async Task Up_wrong_variable_is_named_before_anything_begins(string name, string value, string expected)
    {
        var run = await CliRun.WithAsync(AllCommands.Create(), CliRun.Surroundings(_temp.Path, (name, value)), "up");

        run.ExitCode.ShouldBe(ExitCode.Usage);
        run.Error.ShouldContain(name);
        run.Error.ShouldContain(expected);
        Directory.Exists(_temp[".ingest"]).ShouldBeFalse();
    }

    [Fact]
    public async Task Up_wrong_option_is_named_although_the_variable_is_right()
    {
        var run = await CliRun.WithAsync(AllCommands.Create(), CliRun.Surroundings(_temp.Path, ("INGEST_SILO_PORT", "12000")),
            "up", "--silo-port", "1");

        run.ExitCode.ShouldBe(ExitCode.Usage);
        run.Error.ShouldContain("--silo-port");
    }

    [Theory]
    [InlineData(11_200, 30_089)]
    [InlineData(60_000, 41_111)]
    public void Apply_port_leaves_room_for_a_hundred_pairs(int port, int gateway)
    {
        var options = new SiloOverrides(IPAddress.Parse("10.0.0.7"), port, "orders", 7).Apply(
            new SiloOptions { Engine = new IngestNodeOptions { ConnectionString = "", Pipelines = [] } });

        options.Validate();
        (options.SiloPort, options.GatewayPort, options.Cluster, options.Engine.Capacity).ShouldBe((port, gateway, "orders", 7));
        options.AdvertisedAddress.ShouldBe(IPAddress.Parse("10.0.0.7"));
    }
}
