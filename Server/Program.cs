using AuthCore.Features.LocalPostgres;
using AuthCore.Options;

try
{
    var builder = WebApplication.CreateBuilder(args);
    await builder.AddLocalPostgresAsync();
    var options = OptionsLoader.Load(builder.Configuration, builder.Environment.IsDevelopment());
    var app = builder.Build();
    foreach (var (title, text) in builder.Configuration.ReadStartNotes()) { Console.WriteLine($"{title}: {text}"); }
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
