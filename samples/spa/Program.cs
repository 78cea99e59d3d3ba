// Serves the single-page application, which is wwwroot/index.html and wwwroot/app.js: everything happens in the browser.
//   dotnet run --project samples/spa [--issuer http://localhost:8080] [--port 8082] [--api http://localhost:8083]
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
var issuer = builder.Configuration["issuer"] ?? "http://localhost:8080";
var api = builder.Configuration["api"] ?? "http://localhost:8083";
builder.WebHost.UseUrls($"http://localhost:{builder.Configuration.GetValue("port", 8082)}");
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

var app = builder.Build();
app.Use((context, next) =>
{
    // Tokens live in this page's memory. What keeps them there: no script but our own, and no way out but to these two servers.
    context.Response.Headers.ContentSecurityPolicy = $"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' {issuer} {api}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
    context.Response.Headers["Referrer-Policy"] = "no-referrer";   // the address of the callback holds a code for a moment
    context.Response.Headers.CacheControl = "no-cache";
    return next(context);
});
app.UseDefaultFiles();
app.UseStaticFiles();
app.MapGet("/config.json", () => new { issuer, api, clientId = "demo-spa" });
app.MapFallbackToFile("/callback", "index.html");
await app.RunAsync();
