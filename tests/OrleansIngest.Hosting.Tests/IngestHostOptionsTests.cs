using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace OrleansIngest.Hosting.Tests;

public sealed class IngestHostOptionsTests
{
    [Fact]
    public async Task Start_ConnectionStringIsNull_SaysThatItIsRequired()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddOrleansIngest(ingest =>
        {
            ingest.ConnectionString = builder.Configuration["NoSuchSetting"]!;
            ingest.Add(new() { Name = "orders", Watch = ["in"], Table = "orders" });
        });
        using var host = builder.Build();

        var failure = await Should.ThrowAsync<OptionsValidationException>(
            () => host.StartAsync(TestContext.Current.CancellationToken));

        failure.Failures.ShouldBe(["connectionString: is required"]);
    }

    [Fact]
    public async Task Start_OptionsThatCannotWork_NamesAllProblems()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddOrleansIngest(ingest => ingest
            .Add(new() { Name = "orders", Watch = ["in"], Table = "orders", Database = "other" })
            .Add(new() { Name = "orders", Table = "orders" }));
        using var host = builder.Build();

        var failure = await Should.ThrowAsync<OptionsValidationException>(
            () => host.StartAsync(TestContext.Current.CancellationToken));

        failure.Failures.ShouldContain("connectionString: is required");
        failure.Failures.ShouldContain(problem => problem.StartsWith("pipelines[1].watch", StringComparison.Ordinal));
        failure.Failures.ShouldContain("pipelines: has several pipelines named orders");
        failure.Failures.ShouldContain("pipelines: orders: database is not supported here: ConnectionString is the only one");
    }

    [Fact]
    public void Validate_LimitOutOfItsRange_IsNamed()
    {
        var options = new IngestHostOptions
        {
            ConnectionString = "Host=localhost",
            MaxFiles = 0
        }.Add(new() { Name = "orders", Watch = ["in"], Table = "orders" });

        options.Validate().Single().Path.ShouldBe("node.capacity");
    }
}
