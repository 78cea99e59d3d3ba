var builder = WebApplication.CreateBuilder(args);
var app = builder.Build();
await app.RunAsync();

/// <summary>The composition root; named so that tests can start the server in process.</summary>
internal sealed partial class Program;
