using System.Net;
using AuthCore.Bench.Measure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AuthCore.Bench.Ceilings;

/// <summary>
/// The bare endpoints that workloads are compared with: Kestrel without routing, logging or a single rule of a protocol, doing only
/// what no server can leave out. In a process of its own, as the measured server is.
/// </summary>
internal static class CeilingServer
{
    public const string Verb = "ceiling";
    public const string Ready = "/ready";
    public const string AddressVariable = "SERVER_BENCH_ADDRESS";
    public const string DatabaseVariable = "SERVER_BENCH_DATABASE";
    public const string ServerVariable = "SERVER_BENCH_SERVER";

    public static async Task RunAsync()
    {
        RuntimeProbe.Answer();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPEndPoint.Parse(Setting(AddressVariable)));
        });
        builder.Logging.ClearProviders();

        await using var database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(Setting(DatabaseVariable)) { ApplicationName = "ceiling", NoResetOnClose = true, MaxPoolSize = 180 });
        var server = IPEndPoint.Parse(Setting(ServerVariable));
        var tokens = new CeilingTokens($"http://{server}");
        var rotation = new RotationCeiling(database, tokens);
        var documents = new DocumentCeiling(server);
        var userInfo = new UserInfoCeiling(database, documents.JwkSet);
        var introspection = new IntrospectionCeiling(database, userInfo);

        await using var app = builder.Build();
        app.Run(http => http.Request.Path.Value switch
        {
            "/c1" => TokenCeiling.HandleAsync(http, tokens),
            "/c2" => rotation.HandleAsync(http, Signatures.AccessToken),
            "/c2-openid" => rotation.HandleAsync(http, Signatures.AccessToken | Signatures.IdToken),
            "/c2-unsigned" => rotation.HandleAsync(http, Signatures.None),
            "/userinfo" => userInfo.HandleAsync(http),
            "/introspect" => introspection.HandleAsync(http),
            "/.well-known/openid-configuration" => DocumentCeiling.HandleAsync(http, documents.Discovery),
            "/jwks" => DocumentCeiling.HandleAsync(http, documents.JwkSet),
            Ready => Task.CompletedTask,
            _ => NotFoundAsync(http),
        });
        await app.RunAsync();
    }

    private static Task NotFoundAsync(HttpContext http)
    {
        http.Response.StatusCode = 404;
        return Task.CompletedTask;
    }

    private static string Setting(string name) => Environment.GetEnvironmentVariable(name) ?? throw new BenchException($"{name} is missing.");
}
