using AuthCore.Flows;
using AuthCore.Jose;
using AuthCore.Protocol;

namespace AuthCore.Features.MutualTls;

/// <summary>
/// RFC 8705 §2.2: a client whose certificate is one that it registered. A registered key with <c>x5c</c> stands for that certificate alone; one without, for
/// every certificate of that key. Who signed the certificate does not matter.
/// </summary>
internal sealed class SelfSignedTlsClientAuth(ClientKeys keys, TimeProvider clock) : IClientAuthMethod
{
    /// <inheritdoc/>
    public string Name => ClientKeyRules.SelfSignedTls;

    /// <summary>RFC 8705 §2: <c>client_id</c>, and the certificate.</summary>
    public string Presented => ClientCredentials.IdOnly;

    /// <inheritdoc/>
    public async Task<Result<Client>> VerifyAsync(Client client, RequestFacts request, CancellationToken ct)
    {
        if (request.ClientCertificate is not { } der)
        {
            return Refuse("none");
        }

        using var certificate = CertificateHeader.Load(der.Span);
        if (certificate is null || JwkThumbprint.Of(certificate) is not { } key)
        {
            return Refuse(certificate is null ? CertificateRules.Malformed : "its key is of no kind that is in use");
        }

        if (CertificateRules.Judge(() => CertificateRules.FindFaultOfTime(certificate, clock.GetUtcNow())) is { } fault)
        {
            return Refuse(fault);
        }

        var thumbprint = CertificateBinding.ThumbprintOf(der.Span);
        var found = await keys.FindAsync(client, registered => registered.Thumbprint() == key && (registered.CertificateThumbprint ?? thumbprint) == thumbprint, Refuse, ct);
        return found.Try(out _, out var error) ? client : error;
    }

    private static ProtocolError Refuse(string reason) => ProtocolError.InvalidClient("certificate: " + reason);
}
