using AuthCore.Flows;
using AuthCore.Keys;
using AuthCore.Options;
using AuthCore.Protocol;

namespace AuthCore.Features.Jarm;

/// <summary>JARM §2: the response is one parameter, <c>response</c>: a JWT that says whose it is, whom it is for, and all that the plain one says.</summary>
internal sealed class JwtResponses(SigningKeys keys, AuthCoreOptions options, TimeProvider clock) : IResponseEncoder
{
    /// <summary>JARM §2.1: at most ten minutes are recommended. The code inside has a life of its own.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private const string Type = "JWT";

    /// <summary>JARM §2.3: <c>jwt</c> is the default of the response type, which for a code is the query. <c>fragment.jwt</c> is for responses that never reach a server.</summary>
    public static IReadOnlyList<string> Modes { get; } = ["jwt", "query.jwt", "form_post.jwt"];

    /// <inheritdoc/>
    public IReadOnlyList<string> ResponseModes => Modes;

    /// <inheritdoc/>
    public async ValueTask<EncodedResponse> EncodeAsync(ResponseTarget target, IReadOnlyList<KeyValuePair<string, string>> parameters, Client client, CancellationToken ct)
    {
        var expiresAt = clock.GetUtcNow() + Lifetime;
        var response = JsonSigner.Sign(await keys.ActiveAsync(client.AuthorizationSignedResponseAlg ?? client.DefaultSigningAlg, ct), Type, json =>
        {
            json.WriteStartObject();
            json.WriteString("iss", options.Issuer);
            json.WriteString("aud", client.ClientId);
            json.WriteNumber("exp", expiresAt.ToUnixTimeSeconds());
            foreach (var (name, value) in parameters)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        });
        return new EncodedResponse(target.ResponseMode == "form_post.jwt" ? "form_post" : "query", [new("response", response)]);
    }
}
