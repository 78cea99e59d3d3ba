using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Options;

namespace AuthCore.Features.MutualTls;

/// <summary>
/// A listener of our own that asks for certificates, beside those that the operator configured, on the same addresses. Any certificate is let in: whether it is
/// good depends on what it is for, and is decided there. The handshake proves that the client has its key.
/// </summary>
internal sealed class TlsListener(MutualTlsOptions options, IConfiguration configuration, IOptions<KestrelServerOptions> kestrel) : IStartupFilter
{
    /// <inheritdoc/>
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        Listen(app.ServerFeatures.Get<IServerAddressesFeature>());
        next(app);
    };

    // Kestrel takes its addresses from one place: those given as URLs are ignored as soon as a listener is made in code, so they are made in code too.
    private void Listen(IServerAddressesFeature? addresses)
    {
        var hosts = new List<string>();
        if (addresses is { Addresses.Count: > 0 } && !configuration.GetSection("Kestrel:Endpoints").GetChildren().Any())
        {
            foreach (var address in addresses.Addresses.Select(BindingAddress.Parse))
            {
                void IsTls(ListenOptions listen)
                {
                    if (address.Scheme == "https")
                    {
                        listen.UseHttps();
                    }
                }

                if (address.IsUnixPipe)
                {
                    kestrel.Value.ListenUnixSocket(address.UnixPipePath, IsTls);
                    continue;
                }

                Listen(address.Host, address.Port, IsTls);
                hosts.Add(address.Host);
            }

            addresses.Addresses.Clear();
            addresses.PreferHostingUrls = false;
        }

        foreach (var host in hosts.DefaultIfEmpty("*").Distinct(StringComparer.OrdinalIgnoreCase))
        {
            Listen(host, options.Port!.Value, listen => listen.UseHttps(AskForCertificates));
        }
    }

    private void Listen(string host, int port, Action<ListenOptions> configure)
    {
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            kestrel.Value.ListenLocalhost(port, configure);
        }
        else if (IPAddress.TryParse(host, out var address))
        {
            kestrel.Value.Listen(address, port, configure);
        }
        else
        {
            kestrel.Value.ListenAnyIP(port, configure);
        }
    }

    private void AskForCertificates(HttpsConnectionAdapterOptions https)
    {
        https.ServerCertificate = options.ServerCertificates[0];
        https.ServerCertificateChain = [.. options.ServerCertificates.Skip(1)];
        https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
        https.AllowAnyClientCertificate();
        https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;   // FAPI 2.0 §5.2.1 item 2, whatever the system allows

        // The platform builds a chain all the same: it must not go to addresses that a stranger wrote into a certificate.
        https.OnAuthenticate = static (_, tls) => tls.CertificateChainPolicy = new X509ChainPolicy
        {
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
            TrustMode = X509ChainTrustMode.CustomRootTrust,
        };
    }
}
