using System.Reflection;
using System.Text.Json;
using KubeIdP.Cli.Api;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Api;
using KubeIdP.Server.Authorize;
using KubeIdP.Server.Clients;
using KubeIdP.Server.Configuration;
using KubeIdP.Server.Issuer;
using KubeIdP.Server.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace KubeIdP.Server.Tests.Api;

/// <summary>Writes <c>src/openapi.json</c> from the endpoints themselves.</summary>
internal static class ApiDocumentWriter
{
    private const string Name = "v1";
    private const string Scheme = "oauth2";

    private static readonly Lazy<XmlSummaries> Said = new(XmlSummaries.Load);

    public static IServiceCollection AddApiDocumentWriter(this IServiceCollection services) => services.AddOpenApi(Name, options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_0;
        options.ShouldInclude = description => description.RelativePath?.StartsWith(ApiScopes.Path[1..], StringComparison.Ordinal) is true;
        options.AddDocumentTransformer((document, context, _) =>
        {
            var issuer = context.ApplicationServices.GetRequiredService<IssuerUrl>();
            document.Info = new OpenApiInfo { Title = "KubeIdP administration", Version = Name,
                Description = "What administrators do on the pages, for programs. Every change has its reason in the audit." };
            document.Servers = [new OpenApiServer { Url = issuer.Value }];
            document.Components ??= new OpenApiComponents();
            document.Components.Schemas?.Remove(nameof(ApiActBody));
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme> { [Scheme] = FlowsOf(issuer) };
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            schema.Description ??= WhatIsSaidOf(context);
            if (context.JsonTypeInfo.Type.IsEnum) schema.Type = JsonSchemaType.String;

            // A custom converter (ApiTimestamp) does not say what it reads.
            if (schema is { Type: null, Format: "date-time" })
                schema.Type = Nullable.GetUnderlyingType(context.JsonPropertyInfo?.PropertyType ?? typeof(DateTimeOffset)) is null
                    ? JsonSchemaType.String
                    : JsonSchemaType.String | JsonSchemaType.Null;
            if (context.JsonTypeInfo.Type == typeof(ProblemDetails))
                schema.Properties?.Add(ErrorPages.ReferenceMember,
                    new OpenApiSchema { Type = JsonSchemaType.String, Description = "Under which the log and the audit have it." });
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
            {
                var described = context.Description.ParameterDescriptions.First(described =>
                    described.Name == parameter.Name).ParameterDescriptor as IParameterInfoParameterDescriptor;
                if (described?.ParameterInfo.GetCustomAttribute<NamesOfAttribute>() is { } names)
                    parameter.Schema = new OpenApiSchemaReference(names.Type.Name, context.Document);
                parameter.Name = JsonNamingPolicy.CamelCase.ConvertName(parameter.Name!);
            }

            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<PersonActDefinition>().FirstOrDefault()?.Argument
                is { } argument)
            {
                var name = $"{argument.Member[..1].ToUpperInvariant()}{argument.Member[1..]}Body";
                context.Document!.AddComponent<IOpenApiSchema>(name, BodyWith(argument));
                operation.RequestBody!.Content!["application/json"].Schema = new OpenApiSchemaReference(name, context.Document);
            }

            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<NeededScope>().FirstOrDefault() is { } needed)
                operation.Security =
                    [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, context.Document)] = [needed.Scope] }];
            return Task.CompletedTask;
        });
    });

    public static async Task<string> WriteApiDocumentAsync(this IServiceProvider services, CancellationToken ct)
    {
        var document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Name).GetOpenApiDocumentAsync(ct);
        return (await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_0, ct)).ReplaceLineEndings("\n").TrimEnd() + "\n";
    }

    /// <summary>
    /// What stands in the code above the type or its property. The library's own generator sees nothing of types that are internal to
    /// another project.
    /// </summary>
    private static string? WhatIsSaidOf(OpenApiSchemaTransformerContext context)
    {
        var property = context.JsonPropertyInfo;
        var (type, name) = property is null
            ? (context.JsonTypeInfo.Type, null)
            : (property.DeclaringType, (property.AttributeProvider as MemberInfo)?.Name);
        if (type.IsGenericType) type = type.GetGenericTypeDefinition();
        return Said.Value.Find(name is null ? $"T:{type.FullName}" : $"P:{type.FullName}.{name}",
            member => member[(member.LastIndexOf('.') + 1)..]);
    }

    /// <summary>The body of an act with an argument, as its definition has it; for the generator it is <see cref="ApiActBody"/>.</summary>
    private static OpenApiSchema BodyWith(PersonActArgument argument)
    {
        var (value, description) = argument switch
        {
            PersonActArgument.Names => (new OpenApiSchema { Type = JsonSchemaType.Array, Items = TextSchema() },
                $"The complete list of the new {argument.Words}."),
            PersonActArgument.Text => (TextSchema(), $"The new {argument.Words}; empty to remove it."),
            _ => throw new InvalidOperationException("An argument of an unknown kind."),
        };
        return new OpenApiSchema
        {
            Type = JsonSchemaType.Object, Description = description,
            Properties = new Dictionary<string, IOpenApiSchema> { [argument.Member] = value, ["reason"] = TextSchema() },
            Required = new HashSet<string> { argument.Member, "reason" },
        };
    }

    private static OpenApiSchema TextSchema() => new() { Type = JsonSchemaType.String };

    private static OpenApiSecurityScheme FlowsOf(IssuerUrl issuer)
    {
        return new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.OAuth2,
            Flows = new OpenApiOAuthFlows
            {
                ClientCredentials = new OpenApiOAuthFlow { TokenUrl = new Uri($"{issuer}{EndpointPaths.Token}"),
                    Scopes = ApiScopes.All.ToDictionary(scope => scope, WordsOf) },
                AuthorizationCode = new OpenApiOAuthFlow
                {
                    AuthorizationUrl = new Uri($"{issuer}{AuthorizeEndpoint.Path}"), TokenUrl = new Uri($"{issuer}{EndpointPaths.Token}"),
                    Scopes = new Dictionary<string, string> { [ApiScopes.Admin] = "Whatever the person may.",
                        [ApiScopes.Self] = "The person's own sessions and clusters, by the program kubeidp." },
                },
            },
        };
    }

    private static string WordsOf(string scope) => scope switch
    {
        ApiScopes.SessionsRead => "See who is signed in.",
        ApiScopes.SessionsEnd => "End sessions.",
        ApiScopes.PeopleRead => "See people.",
        ApiScopes.PeopleWrite => "Change people and accounts.",
        ApiScopes.AuditRead => "Read the audit.",
        ApiScopes.ReportsRead => "Read reports.",
        ApiScopes.ClustersRead => "Read clusters, their kubeconfigs and what their API servers need.",
        _ => throw new ArgumentOutOfRangeException(nameof(scope)),
    };
}
