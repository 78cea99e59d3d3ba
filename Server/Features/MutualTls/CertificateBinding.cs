using System.Security.Cryptography;
using AuthCore.Flows;
using AuthCore.Jose;
using AuthCore.Protocol;

namespace AuthCore.Features.MutualTls;

/// <summary>RFC 8705 §3: tokens bound to the certificate of the connection. They are presented as <c>Bearer</c>, and are of no use without it.</summary>
internal sealed class CertificateBinding : ITokenBinding
{
    /// <summary>RFC 8705 §3.1.</summary>
    public const string Confirmation = TokenBinding.ByCertificate;

    /// <inheritdoc/>
    public string Member => Confirmation;

    /// <inheritdoc/>
    public string Scheme => TokenBinding.Bearer;

    /// <summary>RFC 8705 §3.4, §4: a client that said so gets no token without a certificate; nor is one of its refresh tokens lost by asking.</summary>
    public ProtocolError? FindMissing(Client client) => client.TlsClientCertificateBoundAccessTokens
        ? ProtocolError.InvalidRequest("The tokens of this client are bound to a certificate, and the request came without one.")
        : null;

    /// <summary>The certificate of the connection, whose key the handshake proved. A client that did not ask for bound tokens is none the wiser for having one.</summary>
    public Result<KeyProof>? Read(RequestFacts request, Client? client, string? accessToken) =>
        request.ClientCertificate is { } der && (accessToken is not null || client?.TlsClientCertificateBoundAccessTokens == true)
            ? Result.Ok<KeyProof>(new Connected(ThumbprintOf(der.Span)))
            : (Result<KeyProof>?)null;

    /// <summary>RFC 8705 §3.1: SHA-256 of the DER of a certificate, in base64url.</summary>
    public static string ThumbprintOf(ReadOnlySpan<byte> der) => CanonicalBase64Url.Encode(SHA256.HashData(der));

    private sealed class Connected(string thumbprint) : KeyProof(new TokenBinding(Confirmation, thumbprint));
}
