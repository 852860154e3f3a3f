using KubeIdP.Cli.Api;
using KubeIdP.Server.Clients;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Api;

public sealed class ApiRecordTests(ClassIssuer shared) : ApiTests(shared, postgres: false)
{
    // Else a field of the database's rows is in the API as soon as somebody needs it inside.
    [Fact]
    public void What_is_answered_are_records_of_the_API_itself()
    {
        var answers = Running.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith(ApiScopes.Path, StringComparison.Ordinal))
            .SelectMany(endpoint => endpoint.Metadata.OfType<IProducesResponseTypeMetadata>())
            .Select(answer => answer.Type).OfType<Type>().ToList();

        var parts = new HashSet<Type>();
        foreach (var answer in answers) AddParts(answer, parts);
        var foreign = parts.Where(part => IsOurs(part) && part.Namespace != typeof(ApiChange).Namespace && !part.IsEnum).ToList();

        Assert.True(answers.Count > 20, $"{answers.Count} answers");
        Assert.Empty(foreign);
        Assert.Contains(typeof(ApiGrant), parts);
    }

    private static bool IsOurs(Type type) => type.Namespace!.StartsWith("KubeIdP.", StringComparison.Ordinal);

    private static void AddParts(Type type, HashSet<Type> parts)
    {
        if (!parts.Add(type)) return;

        foreach (var argument in type.GetGenericArguments()) AddParts(argument, parts);
        if (!IsOurs(type)) return;

        foreach (var property in type.GetProperties()) AddParts(property.PropertyType, parts);
    }
}
