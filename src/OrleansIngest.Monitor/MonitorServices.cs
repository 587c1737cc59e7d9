using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using OrleansIngest.Engine.Examination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Loading.Replay;
using OrleansIngest.Monitor.Api;
using OrleansIngest.Monitor.Drops;
using OrleansIngest.Monitor.Live;
using OrleansIngest.Monitor.Pages;
using OrleansIngest.Monitor.Telemetry;

namespace OrleansIngest.Monitor;

/// <summary>What the monitor's endpoints work with.</summary>
public static class MonitorServices
{
    /// <summary>Adds it; <see cref="MonitorEndpoints.Map"/> then maps the endpoints.</summary>
    public static IServiceCollection AddIngestMonitor(this IServiceCollection services, MonitorOptions options)
    {
        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<MonitorDatabases>();
        services.AddScoped<ChosenDatabase>();
        services.AddScoped(provider => provider.GetRequiredService<ChosenDatabase>().Database);
        services.AddSingleton<StaticPages>();
        services.AddSingleton<LiveFeeds>();
        AddView(database => new PipelineViews(database.DataSource));
        AddView(database => new FileViews(database.DataSource));
        AddView(database => new FileStateViews(database.DataSource));
        AddView(database => new NodeViews(database.DataSource));
        AddView(database => new NodeWorkViews(database.DataSource));
        AddView(database => new SeriesViews(database.DataSource));
        AddView(database => new ProgressViews(database.DataSource));
        AddView(database => new RejectViews(database.DataSource));
        AddView(database => new RejectIssueViews(database.DataSource));
        AddView(database => new HistoryViews(database.DataSource));
        AddView(database => new RangeViews(database.DataSource));
        AddView(database => new ReportViews(database.DataSource));
        AddView(database => new AlertViews(database.DataSource));
        AddView(database => new AlertOrders(database.DataSource));
        AddView(database => new OperatorLedger(database.DataSource));
        AddView(database => new BulkLedger(database.DataSource));
        AddView(database => new UndoLedger(database.DataSource));
        AddView(database => new PipelineRemoval(database.DataSource));
        AddView(database => new NodeConfigurations(database.DataSource));
        AddView(database => new TableViews(database.RowSource, options.Pages.ReadRole));
        services.AddSingleton<DropBox>();
        services.AddHostedService(provider => provider.GetRequiredService<DropBox>());
        services.AddScoped<DropAnalysis>();
        services.AddSingleton(provider => new DropLoad(provider.GetRequiredService<DropBox>().Spool,
            provider.GetRequiredService<ILoggerFactory>(), provider.GetRequiredService<TimeProvider>()));
        // Silos read pipelines in the main database only, whichever these load into.
        services.AddSingleton(provider => new PipelineStore(provider.GetRequiredService<MonitorDatabases>().Main.DataSource));
        services.AddScoped(provider => new RejectVerbs(provider.GetRequiredService<MonitorDatabase>().DataSource));
        services.AddScoped(provider => new RejectReplay(provider.GetRequiredService<MonitorDatabase>().DataSource,
            provider.GetRequiredService<TimeProvider>()));
        services.AddScoped(provider => new FileExaminer(
            provider.GetRequiredService<MonitorDatabase>().DataSource,
            provider.GetRequiredService<PipelineOptionEditor>().FindAsync,
            provider.GetRequiredService<TimeProvider>()));
        services.AddScoped<PipelineOptionEditor>();
        services.AddScoped<RemedyApplication>();
        services.Configure<JsonOptions>(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ViewJson.Default);
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ExaminationJson.Default);
            json.SerializerOptions.Converters.Add(new InstantJsonConverter());
        });
        services.AddIngestTelemetry(options);
        services.AddHostedService<AlertService>();
        services.AddOpenApi("v1", ApiDocs.Configure);
        return services;

        void AddView<T>(Func<MonitorDatabase, T> create)
            where T : class => services.AddScoped(provider => create(provider.GetRequiredService<MonitorDatabase>()));
    }
}
