using System.Text.RegularExpressions;
using AuthCore.Protocol;
using FluentValidation;

namespace AuthCore.Features.Config;

/// <summary>What may be a resource of a server with this issuer and these scopes.</summary>
internal sealed partial class ResourceDefinitionRules : AbstractValidator<ResourceDefinition>
{
    private const int MaxIdentifier = 2000;
    private const int MaxLifetime = 86_400;

    public ResourceDefinitionRules(string issuer, ServerCapabilities capabilities, IReadOnlyCollection<string> scopes)
    {
        // RFC 8707 §2: an absolute URI without fragment.
        Fault("identifier", r => r.Identifier.Length > MaxIdentifier || !AbsoluteUri().IsMatch(r.Identifier), "must be an absolute URI without fragment, such as https://api.example.com");
        Fault("identifier", r => r.Identifier == issuer, "must not be the issuer, which is the audience of userinfo");
        Fault("name", r => !PlainText.IsShort(r.Name), $"must be 1 to {PlainText.Short} characters without control characters");
        Fault("scopes", r => !r.Scopes.All(scopes.Contains), "names a scope that this server does not have");
        Fault("access_token_lifetime", r => r.AccessTokenLifetime is < 1 or > MaxLifetime, $"must be 1 to {MaxLifetime} seconds");
        Fault("access_token_format", r => r.AccessTokenFormat is { } f && !capabilities.AccessTokenFormats.Contains(f), $"must be one of {string.Join(", ", capabilities.AccessTokenFormats)}");
        Fault("introspection_clients", r => r.IntrospectionClients.Length > 0 && !capabilities.ResourceSettings.Contains("introspection_clients"), "is not supported by this server");
        Fault("publish_metadata", r => r.PublishMetadata && !capabilities.ResourceSettings.Contains("publish_metadata"), "is not supported by this server");
        Fault("publish_metadata", r => r.PublishMetadata && !ResourceRules.HasWellKnownPlace(r.Identifier, issuer), "needs an identifier that is an https URL");
        Fault("signing_alg", r => !capabilities.AccessTokenSigningAlgs.Contains(r.SigningAlg), $"must be one of {string.Join(", ", capabilities.AccessTokenSigningAlgs)}");
    }

    private void Fault(string name, Func<ResourceDefinition, bool> isFaulty, string message) =>
        RuleFor(r => r).Must(r => !isFaulty(r)).OverridePropertyName(name).WithMessage(message);

    // RFC 3986 §4.3, of its characters (§2).
    [GeneratedRegex(@"^[a-z][a-z0-9+.-]*:[A-Za-z0-9._~:/?\[\]@!$&'()*+,;=%-]+\z", RegexOptions.NonBacktracking)]
    private static partial Regex AbsoluteUri();
}
