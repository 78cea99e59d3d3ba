using AuthCore.Endpoints;
using AuthCore.Features.Config;
using AuthCore.Features.LocalPostgres;
using AuthCore.Options;
using AuthCore.Web;

try
{
    var builder = WebApplication.CreateBuilder(args);
    await builder.AddLocalPostgresAsync();
    var options = OptionsLoader.Load(builder.Configuration, builder.Environment.IsDevelopment());
    builder.ConfigureHost(options);
    builder.Services.AddCore(options);
    builder.Services.AddConfigFile();

    var app = builder.Build();
    app.UseSecurityHeaders(options.Issuer.StartsWith("https://", StringComparison.Ordinal));
    app.UseFaults();
    app.UseKnownProxies(options);
    app.UseRouting();
    app.UseCors();
    app.UseInputGate(Faults.AnswerAsync);
    app.MapCore();

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

/// <summary>The composition root; named so that tests can start the server in process.</summary>
internal sealed partial class Program;
