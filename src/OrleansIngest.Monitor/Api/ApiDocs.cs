using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace OrleansIngest.Monitor.Api;

/// <summary>The content of <c>/openapi/v1.json</c>.</summary>
static class ApiDocs
{
    /// <summary>Sets name, tag, summary and parameters of an operation.</summary>
    public static RouteHandlerBuilder Describe(this RouteHandlerBuilder route, string name, string tag, string summary,
        params QueryParameter[] query)
    {
        route.WithName(name).WithTags(tag).WithSummary(summary).WithMetadata(new QueryParameters(query));
        return route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Parameters ??= [];
            foreach (var parameter in query)
            {
                operation.Parameters.Add(new OpenApiParameter
                {
                    Name = parameter.Name,
                    In = ParameterLocation.Query,
                    Description = parameter.Description,
                    Schema = new OpenApiSchema
                    {
                        Type = JsonSchemaType.String,
                        Enum = parameter.Values.Length == 0 ? null : [.. parameter.Values.Select(w => (JsonNode)w)]
                    },
                });
            }

            return Task.CompletedTask;
        });
    }

    /// <summary>Describes the API and excludes other routes.</summary>
    public static void Configure(OpenApiOptions options)
    {
        options.ShouldInclude = api => api.RelativePath?.StartsWith("api/v1", StringComparison.Ordinal) == true;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "OrleansIngest",
                Version = "v1",
                Description =
                    "Pipelines, files, rejects, nodes and alerts, read from the ledger. Times are ISO 8601 in UTC, durations "
                    + "milliseconds (…Ms), sizes bytes, rates per second; unknown values are null. Lists are paged: pass `next` "
                    + "as `after`. Errors are problem+json (RFC 9457). Routes and fields of v1 are never removed.",
            };
            document.Servers = [];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes["token"] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "The operator's token (INGEST_TOKEN, or .ingest/token), or the viewer's (INGEST_VIEWER_TOKEN).",
            };
            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("token", document)] = [] }];
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, _, _) =>
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = DatabaseChoice.Parameter,
                In = ParameterLocation.Query,
                Description = "One of the databases of the configuration. Default: the main one.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
            operation.Responses ??= [];
            operation.Responses["default"] = new OpenApiResponse
            {
                Description = "The error, as problem+json.",
                Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = new() },
            };
            return Task.CompletedTask;
        });
    }
}
