using System.Net;
using AuthCore.Options;
using AuthCore.Protocol;
using Microsoft.AspNetCore.HttpOverrides;

namespace AuthCore.Endpoints;

/// <summary>How the server listens, logs and says hello.</summary>
internal static class Host
{
    /// <summary>Limits, address and log levels.</summary>
    public static void ConfigureHost(this WebApplicationBuilder builder, AuthCoreOptions options)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = Web.InputGate.MaxBody + 1024;
            kestrel.Limits.MaxRequestLineSize = 24 * 1024;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            kestrel.Limits.MaxConcurrentConnections = 20_000;
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);    // what stops a start is said by us, in one line
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        builder.Services.PostConfigure<LoggerFilterOptions>(KeepQueriesOut);
        if (builder.Configuration["urls"] is null && builder.Configuration["http_ports"] is null && builder.Configuration["https_ports"] is null)
        {
            builder.WebHost.UseUrls(RedirectUri.IsLoopback(options.Issuer) ? RedirectUri.OriginOf(options.Issuer)! : "http://localhost:8080");
        }

        builder.Services.AddHostedService<Banner>();
    }

    /// <summary>
    /// A request came by the issuer's scheme, whatever the last hop spoke: TLS usually ends at a proxy, and antiforgery sets no secure
    /// cookie where it believes in a connection in clear.
    /// </summary>
    public static void UseIssuerScheme(this IApplicationBuilder app, AuthCoreOptions options)
    {
        var scheme = options.Issuer[..options.Issuer.IndexOf(':', StringComparison.Ordinal)];
        app.Use((http, next) =>
        {
            http.Request.Scheme = scheme;
            return next(http);
        });
    }

    /// <summary>Believes a forwarded address only from the proxies that the operator named; nothing else of a forwarded header counts.</summary>
    public static void UseKnownProxies(this IApplicationBuilder app, AuthCoreOptions options)
    {
        if (options.KnownProxies.Count == 0)
        {
            return;
        }

        var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = null };
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var proxy in options.KnownProxies)
        {
            if (IPAddress.TryParse(proxy, out var address))
            {
                forwarded.KnownProxies.Add(address);
            }
            else
            {
                forwarded.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
            }
        }

        app.UseForwardedHeaders(forwarded);
    }

    // Its lines hold the query, where interactions, hints and misplaced tokens stand. Whoever asks for more detail, of one provider or of all,
    // must not get those: the last rule for the longest name decides.
    private static void KeepQueriesOut(LoggerFilterOptions filters)
    {
        foreach (var provider in filters.Rules.Select(rule => rule.ProviderName).Append(null).Distinct().ToArray())
        {
            filters.Rules.Add(new LoggerFilterRule(provider, "Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None, filter: null));
        }
    }

    /// <summary>What a person sees when the server is ready: where it is, and what to try.</summary>
    private sealed class Banner(IHostApplicationLifetime lifetime, IConfiguration configuration, AuthCoreOptions options, DemoFacts demo) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken)
        {
            lifetime.ApplicationStarted.Register(() =>
            {
                Console.WriteLine($"AuthCore {StartEndpoint.Version} ready issuer={options.Issuer}");
                Console.WriteLine($"  discovery  {options.Issuer}/.well-known/openid-configuration");
                foreach (var (title, text) in configuration.ReadStartNotes())
                {
                    Console.WriteLine($"  {title,-9}  {text}");
                }

                if (demo.Users.Count > 0)
                {
                    Console.WriteLine($"  users      {string.Join(", ", demo.Users.Select(u => $"{u.Username} / {u.Password}"))}");
                    Console.WriteLine($"  clients    {string.Join(", ", demo.Clients.Select(c => c.ClientId))} (secrets at {options.Issuer}/)");
                }
            });
            return Task.CompletedTask;
        }
    }
}
