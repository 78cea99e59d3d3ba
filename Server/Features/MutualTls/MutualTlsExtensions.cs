using AuthCore.Endpoints;
using AuthCore.Flows;
using AuthCore.Options;
using AuthCore.Protocol;

namespace AuthCore.Features.MutualTls;

/// <summary>The two lines of the composition root.</summary>
internal static class MutualTlsExtensions
{
    /// <summary>RFC 8705: clients with certificates. To be called before the options are loaded; where no certificate can come, nothing is registered.</summary>
    /// <exception cref="StartupException">Lists every fault of its settings.</exception>
    public static void AddMutualTls(this WebApplicationBuilder builder)
    {
        var options = MutualTlsOptions.Read(builder.Configuration);
        builder.Services.AddSingleton(options);
        if (!options.IsOn)
        {
            return;
        }

        builder.Services
            .AddSingleton<TrustAnchors>()
            .AddSingleton<IClientAuthMethod, TlsClientAuth>()
            .AddSingleton<IClientAuthMethod, SelfSignedTlsClientAuth>()
            .AddSingleton<ITokenBinding, CertificateBinding>()
            .AddSingleton<IMetadataPart, MutualTlsMetadata>();
        if (options.Port is not null)
        {
            builder.Services.AddSingleton<IStartupFilter, TlsListener>();
        }
    }

    /// <summary>Reads where requests came, and what proxies pass on; before anything believes their word of who sent a request.</summary>
    public static void UseMutualTls(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<MutualTlsOptions>();
        var core = app.Services.GetRequiredService<AuthCoreOptions>();
        if (options.IsOn && options.AliasOf(core.Issuer) is { } alias)
        {
            var (called, host) = (new CalledByAlias(alias), new HostString(alias["https://".Length..]));
            app.Use((http, next) =>
            {
                if (http.Request.Host.Host.Equals(host.Host, StringComparison.OrdinalIgnoreCase) && (http.Request.Host.Port ?? 443) == (host.Port ?? 443))
                {
                    http.Features.Set(called);
                }

                return next(http);
            });
        }

        if (options.Header is { } header)
        {
            var forwarded = new ForwardedCertificates(header, core.KnownProxies, options.AliasOf(core.Issuer) is not null, app.Services.GetRequiredService<ILogger<ForwardedCertificates>>());
            app.Use(forwarded.ReadAsync);
        }
    }
}
