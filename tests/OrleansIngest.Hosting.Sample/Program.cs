using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddOrleansIngest(ingest =>
{
    ingest.ConnectionString = builder.Configuration["Database"]!;
    ingest.Add(new() { Name = "orders", Watch = [builder.Configuration["Watch"]!], Table = "orders", CreateTable = true });
});
builder.Build().Run();
