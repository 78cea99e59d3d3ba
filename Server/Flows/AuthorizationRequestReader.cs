using AuthCore.Keys;
using AuthCore.Protocol;
using AuthCore.Stores;

namespace AuthCore.Flows;

/// <summary>An authorization request that was read.</summary>
internal abstract record ArrivedRequest
{
    /// <summary>It keeps every rule.</summary>
    public sealed record Good(AuthorizationRequest Request) : ArrivedRequest;

    /// <summary>It kept every rule when it was pushed, and waits under this handle.</summary>
    public sealed record Waiting(Handle Interaction) : ArrivedRequest;

    /// <summary>It breaks a rule.</summary>
    /// <param name="Error">The first.</param>
    /// <param name="Target">Where the client may be told; null where nothing may be sent anywhere (OAuth 2.1 §2.3.5).</param>
    public sealed record Bad(ProtocolError Error, ResponseTarget? Target = null) : ArrivedRequest;
}

/// <summary>Source, redirect URI, rules: the one way to a checked authorization request, whether a browser brings it or the client pushes it.</summary>
internal sealed class AuthorizationRequestReader(
    IEnumerable<IAuthorizationRequestSource> sources, AuthorizationResponses responses, TokenBindings bindings, IdTokenHints hints)
{
    private const string ByReference = "request_uri";
    private const string ByValue = "request";

    private readonly IAuthorizationRequestSource[] _sources = [.. sources];

    /// <summary>Reads and checks.</summary>
    /// <param name="facts">What was sent.</param>
    /// <param name="client">Who is named in it, or was authenticated.</param>
    /// <param name="isPushed">RFC 9126: whether the client sent it itself, and proved who it is.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<ArrivedRequest> ReadAsync(RequestFacts facts, Client client, bool isPushed, CancellationToken ct)
    {
        var parameters = facts.Parameters;
        if (parameters[ByReference] is not null && (isPushed || parameters[ByValue] is not null))
        {
            // RFC 9126 §2.1, RFC 9101 §5
            return new ArrivedRequest.Bad(ProtocolError.InvalidRequest("The parameter 'request_uri' cannot be pushed, nor stand beside 'request'."));
        }

        // What is sent twice is refused below.
        var source = Array.Find(_sources, s => !parameters.IsRepeated(s.Parameter) && parameters[s.Parameter] is { } value && s.Recognizes(value));
        if (source is not null)
        {
            if (!(await source.ReadAsync(parameters[source.Parameter]!, client, ct)).Try(out var sourced, out var error))
            {
                return new ArrivedRequest.Bad(error);
            }

            if (sourced is SourcedRequest.Waiting waiting)
            {
                return new ArrivedRequest.Waiting(waiting.Interaction);
            }

            parameters = ((SourcedRequest.Said)sourced).Parameters;
        }

        var missing = Array.Find(_sources, s => s != source && !(isPushed && s.Parameter == ByReference) && s.IsDemandedOf(client));
        var arrived = await JudgeAsync(parameters, client, isPushed, missing, ct);
        return isPushed && arrived is ArrivedRequest.Good { Request: var request } ? await BindAsync(request, facts, client, ct) : arrived;
    }

    /// <summary>Whether a request that was checked, and waits, would be taken of the client as it is registered now. How it was signed is not kept.</summary>
    public bool StillStands(Interaction interaction, Client client)
    {
        var request = interaction.Request;
        return RedirectUri.MayAnswerAt(request.RedirectUri.Value, client, interaction.IsPushed) && Scope.Covers(client.Scope, request.Scope)
            && request.Resource.All(client.Resources.Contains)
            && responses.ModesOf(client).Contains(request.ResponseMode)
            && (request.CodeChallenge is not null || !Pkce.IsDemandedOf(client))
            && (interaction.IsPushed || !_sources.Any(source => source.Parameter == ByReference && source.IsDemandedOf(client)));
    }

    private async Task<ArrivedRequest> JudgeAsync(Parameters parameters, Client client, bool isPushed, IAuthorizationRequestSource? missing, CancellationToken ct)
    {
        if (parameters.IsRepeated("redirect_uri"))
        {
            return new ArrivedRequest.Bad(ProtocolError.InvalidRequest("The parameter 'redirect_uri' is repeated."));
        }

        var isOpenId = parameters["scope"]?.Split(' ').Contains(Scope.OpenId) == true;
        if (!RedirectUri.Choose(parameters["redirect_uri"], client, isOpenId, isPushed).Try(out var redirectUri, out var error))
        {
            return new ArrivedRequest.Bad(error);
        }

        var modes = responses.ModesOf(client);
        var target = AuthorizationRequestRules.TargetOf(parameters, redirectUri, modes);
        if (missing is not null)
        {
            // RFC 9126 §4, RFC 9101 §10.5
            return new ArrivedRequest.Bad(ProtocolError.InvalidRequest($"Requests of this client must come by the parameter '{missing.Parameter}'."), target);
        }

        return AuthorizationRequestRules.Check(parameters, client, redirectUri, await hints.ReadAsync(parameters["id_token_hint"], ct), modes).Try(out var request, out error)
            && bindings.BindCode(request, parameters).Try(out request, out error)
            ? new ArrivedRequest.Good(request)
            : new ArrivedRequest.Bad(error, target);
    }

    // RFC 9449 §10.1: last, for a proof counts once, and a request that breaks a rule spends none.
    private async Task<ArrivedRequest> BindAsync(AuthorizationRequest request, RequestFacts push, Client client, CancellationToken ct) =>
        (await bindings.BindPushedAsync(request, push, client, ct)).Try(out var bound, out var error) ? new ArrivedRequest.Good(bound) : new ArrivedRequest.Bad(error);
}
