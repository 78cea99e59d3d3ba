using AuthCore.Endpoints;
using AuthCore.Features.Account;
using AuthCore.Features.Config;
using AuthCore.Features.Dpop;
using AuthCore.Features.LocalPostgres;
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
    builder.AddDpop();
    var options = OptionsLoader.Load(builder.Configuration, builder.Environment.IsDevelopment());
    builder.ConfigureHost(options);
    builder.Services.AddCore(options);
    builder.Services.AddConfigFile();
    builder.Services.AddAccount();

    var app = builder.Build();
    app.UseSecurityHeaders(options.Issuer.StartsWith("https://", StringComparison.Ordinal));
    app.UseFaults();
    app.UseIssuerScheme(options);
    app.UseKnownProxies(options);
    app.UseRouting();
    app.UseCors();
    app.UseInputGate(Faults.AnswerAsync);
    app.MapCore();
    app.MapAccount();

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
