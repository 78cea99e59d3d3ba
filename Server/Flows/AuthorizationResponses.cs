using AuthCore.Options;
using AuthCore.Protocol;

namespace AuthCore.Flows;

/// <summary>What an authorization response says (RFC 6749 §4.1.2, RFC 9207 §2), and in which form.</summary>
internal sealed class AuthorizationResponses(IEnumerable<IResponseEncoder> encoders, AuthCoreOptions options)
{
    private readonly IResponseEncoder[] _encoders = [.. encoders];
    private readonly string[] _modes = [.. AuthorizationRequestRules.ResponseModes, .. encoders.SelectMany(encoder => encoder.ResponseModes)];

    /// <summary>The response modes that the client may ask for; the first is for the errors of requests that ask for none of them.</summary>
    public IReadOnlyList<string> ModesOf(Client client) => client.ResponseModes.Length > 0 ? client.ResponseModes : _modes;

    /// <summary>Writes the answer as its response mode says.</summary>
    public ValueTask<EncodedResponse> EncodeAsync(AuthorizeOutcome.Respond answer, CancellationToken ct)
    {
        var target = answer.Target;
        List<KeyValuePair<string, string>> parameters = answer.Error is { } error
            ? [new("error", error.Code), new("error_description", error.Description)]
            : [new("code", answer.Code ?? throw new InvalidOperationException("An answer has a code or an error."))];
        if (target.State is { } state)
        {
            parameters.Add(new("state", state));
        }

        if (Array.Find(_encoders, encoder => encoder.ResponseModes.Contains(target.ResponseMode)) is { } encoder)
        {
            return encoder.EncodeAsync(target, parameters, answer.Client, ct);
        }

        if (!AuthorizationRequestRules.ResponseModes.Contains(target.ResponseMode))
        {
            throw new InvalidOperationException($"Nobody writes the response mode {target.ResponseMode}.");   // kept by a server that could: never in another form
        }

        parameters.Add(new("iss", options.Issuer));   // RFC 9207 §2: every response says whose it is
        return new ValueTask<EncodedResponse>(new EncodedResponse(target.ResponseMode, parameters));
    }
}
