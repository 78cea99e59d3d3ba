using System.Net;
using System.Security.Cryptography.X509Certificates;
using AuthCore.Endpoints;
using AuthCore.Protocol;
using Microsoft.AspNetCore.Http.Features;

namespace AuthCore.Features.MutualTls;

/// <summary>
/// Certificates that proxies pass on in a header. It is read from the proxies that the operator named, judged by who holds the connection, and taken away from
/// everybody else. On a connection of a proxy's own, a certificate is the proxy's: there the header alone counts.
/// </summary>
/// <param name="header">Its name.</param>
/// <param name="proxies">Addresses, or networks as CIDR.</param>
/// <param name="onlyAtAlias">Whether clients are asked for certificates at another origin: a header in a request to the issuer's was written by whoever sent it.</param>
/// <param name="log">Where a proxy is complained of.</param>
internal sealed partial class ForwardedCertificates(string header, IReadOnlyList<string> proxies, bool onlyAtAlias, ILogger<ForwardedCertificates> log)
{
    private readonly IPAddress[] _addresses = [.. proxies.Select(proxy => IPAddress.TryParse(proxy, out var address) ? address : null).OfType<IPAddress>()];
    private readonly IPNetwork[] _networks = [.. proxies.Where(proxy => proxy.Contains('/', StringComparison.Ordinal)).Select(IPNetwork.Parse)];

    /// <summary>Puts the certificate where that of a connection would be; 400 where the header holds anything but one.</summary>
    public Task ReadAsync(HttpContext http, RequestDelegate next)
    {
        var values = http.Request.Headers[header];
        http.Request.Headers.Remove(header);
        if (http.Connection.RemoteIpAddress is not { } peer || !IsProxy(peer))
        {
            return next(http);
        }

        X509Certificate2? certificate = null;
        if (values.Count > 0 && values != "" && (!onlyAtAlias || http.Features.Get<CalledByAlias>() is not null))   // empty: the proxy was shown none
        {
            certificate = values is [{ } only] ? CertificateHeader.Read(only) : null;
            if (certificate is null)
            {
                Unreadable(log, peer, values.Count);
                return Faults.AnswerAsync(http, ProtocolError.InvalidRequest("The header with the client's certificate does not hold one certificate."));
            }

            http.Response.RegisterForDispose(certificate);
        }

        http.Features.Set<ITlsConnectionFeature>(new Passed { ClientCertificate = certificate });   // of this request: the next on the connection may be another client's
        return next(http);
    }

    private bool IsProxy(IPAddress peer)
    {
        var address = peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer;
        return _addresses.Contains(address) || _networks.Any(network => network.Contains(address));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "certificate.unreadable from {Proxy}: {Count} headers, and not one certificate")]
    private static partial void Unreadable(ILogger logger, IPAddress proxy, int count);

    private sealed class Passed : ITlsConnectionFeature
    {
        public X509Certificate2? ClientCertificate { get; set; }

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult(ClientCertificate);
    }
}
