using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Monitor.Security;

namespace OrleansIngest.Monitor.Api;

/// <summary>The program and its state.</summary>
static class AboutEndpoints
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/about", AboutAsync).Describe("about", "About",
            "The program, its database, and the rights of the caller.").WithMetadata(Access.Open);

    static async Task<About> AboutAsync(HttpContext context, MonitorOptions options, MonitorDatabases databases,
        MonitorDatabase database, TimeProvider time, CancellationToken cancellationToken)
    {
        var version = await ServerVersionAsync(database, time, cancellationToken);
        var now = time.GetUtcNow();
        var caller = Caller.Of(context);
        var isUp = version is not null;
        return new About
        {
            Version = Assembly.GetExecutingAssembly().GetName().Version?.ToString(3) ?? "",
            Node = caller.CanSee ? options.Node : null,
            Database = caller.CanSee
                ? new AboutDatabase(database.Shown.Name, database.Shown.Host, isUp ? "up" : "away", version, database.Name)
                : new AboutDatabase(null, null, isUp ? "up" : "away", null, null),
            Databases = caller.CanSee ? [.. databases.All.Select(d => d.Name)] : [],
            StartedAt = System.Diagnostics.Process.GetCurrentProcess().StartTime,
            Now = now,
            Role = caller.Name,
            CanSee = caller.CanSee,
            CanAct = caller.CanAct,
            AlertRules = AlertRule.All,
            Links = new AboutLinks(options.HasCluster ? "/cluster" : null, "/openapi/v1.json", options.MetricsPath),
        };
    }

    static async Task<string?> ServerVersionAsync(MonitorDatabase database, TimeProvider time,
        CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await using var connection = await database.DataSource.OpenConnectionAsync(either.Token);
            await using var command = new NpgsqlCommand("SELECT current_setting('server_version')", connection);
            return (string?)await command.ExecuteScalarAsync(either.Token);
        }
        catch (Exception failure) when (failure is NpgsqlException or IOException or TimeoutException
            or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
