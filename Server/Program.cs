using AuthCore.Endpoints;
using AuthCore.Features.Account;
using AuthCore.Features.BackChannelLogout;
using AuthCore.Features.ClientAssertions;
using AuthCore.Features.Config;
using AuthCore.Features.Dpop;
using AuthCore.Features.Fapi;
using AuthCore.Features.FrontChannelLogout;
using AuthCore.Features.Introspection;
using AuthCore.Features.Jarm;
using AuthCore.Features.LocalPostgres;
using AuthCore.Features.Logout;
using AuthCore.Features.MutualTls;
using AuthCore.Features.OpaqueTokens;
using AuthCore.Features.PairwiseSubjects;
using AuthCore.Features.Par;
using AuthCore.Features.ProtectedResources;
using AuthCore.Features.Revocation;
using AuthCore.Features.SignedRequests;
using AuthCore.Features.SignedUserInfo;
using AuthCore.Options;
using AuthCore.Stores;
using AuthCore.Web;
using Microsoft.AspNetCore.Connections;

try
{
    if (args is [HealthcheckVerb.Name])
    {
        return await HealthcheckVerb.RunAsync();
    }

    var builder = WebApplication.CreateBuilder(args);
    await builder.AddLocalPostgresAsync();
    builder.AddPar();
    builder.AddDpop();
    builder.AddMutualTls();
    var options = OptionsLoader.Load(builder.Configuration, builder.Environment.IsDevelopment());
    builder.ConfigureHost(options);
    builder.Services.AddCore(options);
    builder.Services.AddConfigFile();
    builder.Services.AddAccount();
    builder.Services.AddIntrospection();
    builder.Services.AddRevocation();
    builder.Services.AddOpaqueAccessTokens();
    builder.Services.AddRpInitiatedLogout();
    builder.Services.AddBackChannelLogout();
    builder.Services.AddFrontChannelLogout();
    builder.Services.AddProtectedResources();
    builder.Services.AddPairwiseSubjects();
    builder.Services.AddSignedUserInfo();
    builder.Services.AddClientAssertions();
    builder.Services.AddJarm();
    builder.Services.AddSignedRequests();
    builder.Services.AddFapi();

    var app = builder.Build();
    app.UseSecurityHeaders(options.Issuer.StartsWith("https://", StringComparison.Ordinal));
    app.UseFaults();
    app.UseIssuerScheme(options);
    app.UseMutualTls();
    app.UseKnownProxies(options);
    app.UseRouting();
    app.UseCors();
    app.UseInputGate(Faults.AnswerAsync);
    app.MapCore();
    app.MapAccount();
    app.MapIntrospection();
    app.MapRevocation();
    app.MapRpInitiatedLogout();
    app.MapProtectedResources();
    app.MapPar();

    await app.PrepareAsync();
    await app.ApplyConfigAsync();
    await app.RunAsync();
    return 0;
}
catch (StartupException fault)
{
    await Console.Error.WriteLineAsync(fault.Message);
    return 1;
}
catch (StorageUnavailableException fault)
{
    await Console.Error.WriteLineAsync($"{fault.Message} {fault.InnerException?.Message}");
    return 1;
}
catch (IOException fault) when (fault.InnerException is AddressInUseException)
{
    await Console.Error.WriteLineAsync($"{fault.Message} Another server listens there: stop it, or choose another address with AUTHCORE__ISSUER or --urls.");
    return 1;
}

/// <summary>The composition root; named so that tests can start the server in process.</summary>
public sealed partial class Program;
