using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Monitor.Api;

namespace OrleansIngest.Monitor;

/// <summary>The database that a request is about: that of <c>?database=NAME</c>, else the main one.</summary>
sealed class ChosenDatabase(MonitorDatabases databases)
{
    public MonitorDatabase Database { get; set; } = databases.Main;
}

/// <summary>Reads the choice after the access check and before any endpoint runs.</summary>
sealed class DatabaseChoice(RequestDelegate next)
{
    /// <summary>The parameter of every request.</summary>
    public const string Parameter = "database";

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments("/api") && context.Request.Query[Parameter] is { Count: > 0 } given)
        {
            var databases = context.RequestServices.GetRequiredService<MonitorDatabases>();
            if (given.Count > 1 || databases.Find($"{given}") is not { } database)
            {
                var known = databases.All.Select(d => d.Name);
                await ProblemAnswer.WriteBadAsync(
                    context,
                    new Dictionary<string, string[]>
                    {
                        [Parameter] =
                            [$"is none of the databases of the configuration: {NearestName.Suggest($"{given}", known)}"]
                    });
                return;
            }

            context.RequestServices.GetRequiredService<ChosenDatabase>().Database = database;
        }

        await next(context);
    }
}
