using System.Collections.Immutable;
using System.Text.Json;
using KubeIdP.Data.Sessions;
using KubeIdP.Server.Clients;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace KubeIdP.Server.Tokens;

/// <summary>The claims about a person in the answers of userinfo and introspection.</summary>
internal static class AnsweredClaims
{
    private const string EmptyList = "answer:empty-list";

    /// <param name="person">With current values.</param>
    /// <param name="client">The one that receives the answer; its filter maps the groups.</param>
    /// <param name="scopes">Those of the token.</param>
    /// <param name="answer">Where the claims are added.</param>
    /// <param name="transaction">Of the request.</param>
    public static void Write(PersonSnapshot person, Client client, ImmutableArray<string> scopes,
        IDictionary<string, OpenIddictParameter> answer, OpenIddictServerTransaction transaction)
    {
        foreach (var (name, value) in TokenClaims.PersonClaims(person, client, scopes))
        {
            answer[name] = value switch
            {
                bool flag => flag,
                string[] list => new OpenIddictParameter([.. list]),
                _ => (string)value,
            };
            if (value is string[] { Length: 0 }) transaction.SetProperty(EmptyList, name);
        }
    }

    /// <summary>Restores an empty list of groups, which OpenIddict leaves out, because the ID token contains it too.</summary>
    public sealed class KeepEmptyList
        : IOpenIddictServerHandler<ApplyUserInfoResponseContext>, IOpenIddictServerHandler<ApplyIntrospectionResponseContext>
    {
        public ValueTask HandleAsync(ApplyUserInfoResponseContext context) => Restore(context.Transaction, context.Response);

        public ValueTask HandleAsync(ApplyIntrospectionResponseContext context) => Restore(context.Transaction, context.Response);

        private static ValueTask Restore(OpenIddictServerTransaction transaction, OpenIddictResponse response)
        {
            if (response.Error is null && transaction.GetProperty<string>(EmptyList) is { } name)
                response.AddParameter(name, new OpenIddictParameter(JsonSerializer.SerializeToElement(Array.Empty<string>())));
            return default;
        }
    }
}
