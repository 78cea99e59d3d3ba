using AuthCore.Flows;
using AuthCore.Protocol;

namespace AuthCore.Features.MutualTls;

/// <summary>RFC 8705 §2.1: a client whose certificate names it, as somebody trusted has certified.</summary>
internal sealed class TlsClientAuth(TrustAnchors anchors, TimeProvider clock) : IClientAuthMethod
{
    /// <inheritdoc/>
    public string Name => ClientKeyRules.TlsClientAuth;

    /// <summary>RFC 8705 §2: <c>client_id</c>, and the certificate.</summary>
    public string Presented => ClientCredentials.IdOnly;

    /// <inheritdoc/>
    public Task<Result<Client>> VerifyAsync(Client client, RequestFacts request, CancellationToken ct) => Task.FromResult<Result<Client>>(
        FindFault(client, request) is { } fault ? ProtocolError.InvalidClient("certificate: " + fault) : client);

    // The dear question comes last.
    private string? FindFault(Client client, RequestFacts request)
    {
        if (request.ClientCertificate is not { } der)
        {
            return "none";
        }

        using var certificate = CertificateHeader.Load(der.Span);
        var now = clock.GetUtcNow();
        return certificate is null ? CertificateRules.Malformed : CertificateRules.Judge(() =>
            CertificateRules.FindFaultOfName(certificate, client)
            ?? CertificateRules.FindFaultOfTime(certificate, now)
            ?? CertificateRules.FindFaultOfUse(certificate)
            ?? CertificateRules.FindFaultOfKey(certificate)
            ?? anchors.FindFault(certificate, now));
    }
}
