var builder = DistributedApplication.CreateBuilder(args);
var shop = builder.AddConnectionString("shop");
builder.AddOrleansIngest("ingest")
    .WithPipeline(new()
    {
        Name = "orders",
        Watch = [builder.Configuration["Watch"] ?? "in"],
        Table = "orders",
        CreateTable = true
    })
    .WithReference(shop)
    .WaitFor(shop)
    .WithReplicas(2);
builder.Build().Run();
